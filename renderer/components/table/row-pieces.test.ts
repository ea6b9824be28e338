// Rows get their cells some at a time, in their order, and keep them while they are drawn.
import { expect, test } from 'vitest';
import { RowPieces } from './row-pieces.ts';

const next = (pieces: RowPieces, drawn: string) => {
  const { whole, isMore } = pieces.next(drawn.split(''), 2);
  return [[...whole].join(''), isMore];
};

test('two with each frame, until all have theirs', () => {
  const pieces = new RowPieces();
  expect(next(pieces, 'abcde')).toEqual(['ab', true]);
  expect(next(pieces, 'abcde')).toEqual(['abcd', true]);
  expect(next(pieces, 'abcde')).toEqual(['abcde', false]);
  expect(next(pieces, 'abcde')).toEqual(['abcde', false]);
});

test('what scrolled out of sight waits again', () => {
  const pieces = new RowPieces();
  next(pieces, 'ab');
  expect(next(pieces, 'bcde')).toEqual(['bcd', true]);
  expect(next(pieces, 'abcd')).toEqual(['abcd', false]);
});
