// A bounded list shows its first or last few and says how many are left out, never only one.
import { expect, test } from 'vitest';
import { fewOf } from './few-of.ts';

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

test('a short list is whole', () => {
  expect(fewOf([], 4, 'first')).toEqual({ few: [], leftOut: 0 });
  expect(fewOf(numbers(4), 4, 'last')).toEqual({ few: [1, 2, 3, 4], leftOut: 0 });
  expect(fewOf(numbers(5), 4, 'first')).toEqual({ few: [1, 2, 3, 4, 5], leftOut: 0 });
});

test('a longer one is its first or its last, and the number of the others', () => {
  expect(fewOf(numbers(6), 4, 'first')).toEqual({ few: [1, 2, 3, 4], leftOut: 2 });
  expect(fewOf(numbers(200), 4, 'last')).toEqual({ few: [197, 198, 199, 200], leftOut: 196 });
});
