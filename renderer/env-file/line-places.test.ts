// Places in a text, and line numbers that are cut only at lines with a problem.
import { expect, test } from 'vitest';
import { gutterParts, offsetOf } from './line-places.ts';

test('a place is within its line, and within the text', () => {
  const text = 'ab\n\ncde';
  expect([offsetOf(text, 1, 1), offsetOf(text, 1, 3), offsetOf(text, 1, 9)]).toEqual([0, 2, 2]);
  expect([offsetOf(text, 2, 1), offsetOf(text, 3, 2), offsetOf(text, 9, 9)]).toEqual([3, 5, 7]);
});

test('numbers are one text where nothing is wrong', () => {
  expect(gutterParts('a\nb\nc', [])).toEqual([{ first: 1, numbers: '1\n2\n3\n', isWrong: false }]);
  const parts = gutterParts('a\nb\nc\nd', [{ line: 3 }, { line: 1 }, { line: 3 }, { line: 9 }]);
  expect(parts.map(({ numbers, isWrong }) => [numbers, isWrong])).toEqual([
    ['1\n', true],
    ['2\n', false],
    ['3\n', true],
    ['4\n', true],
  ]);
});
