// The ends that can be typed, and what is none.
import { expect, test } from 'vitest';
import { endOfText, endText } from './clock-text.ts';

const now = new Date(2026, 10, 21, 14, 30);
const endAt = new Date(2026, 10, 21, 16, 0);

test.each([
  ['18:00', new Date(2026, 10, 21, 18, 0)],
  ['09:05', new Date(2026, 10, 22, 9, 5)],
  ['2026-12-03 18:00', new Date(2026, 11, 3, 18, 0)],
  ['12-3 8:00', new Date(2026, 11, 3, 8, 0)],
  ['90m', new Date(2026, 10, 21, 16, 0)],
  ['2 h', new Date(2026, 10, 21, 16, 30)],
  ['1d', new Date(2026, 10, 22, 14, 30)],
  ['+1h', new Date(2026, 10, 21, 17, 0)],
  ['+30 min', new Date(2026, 10, 21, 16, 30)],
])('%s', (text, end) => {
  expect(endOfText(text, now, endAt)).toEqual(end);
});

test.each(['', 'soon', '25:00', '02-30 10:00', '12-03 25:00', '2026-11-21 14:00', '0m', '-1h', '1w'])(
  '“%s” is no end to come',
  (text) => {
    expect(endOfText(text, now, endAt)).toBeNull();
  },
);

test('an end is shown as it can be typed', () => {
  for (const end of [endAt, new Date(2026, 11, 3, 18, 0), new Date(2026, 10, 22, 15, 0)]) {
    expect(endOfText(endText(end, now), now, endAt)).toEqual(end);
  }
  expect([endText(endAt, now), endText(new Date(2026, 11, 3, 18, 0), now)]).toEqual(['16:00', '2026-12-03 18:00']);
});
