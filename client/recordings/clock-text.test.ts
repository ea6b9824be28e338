// Times of recordings as text.
import { expect, it } from 'vitest';
import { clockText } from './clock-text.ts';

it.each([
  [0, '0:00'],
  [7_999, '0:07'],
  [724_000, '12:04'],
  [3_729_000, '1:02:09'],
])('%i ms is %s', (ms, text) => {
  expect(clockText(ms)).toBe(text);
});
