// What comes into sight together is made in pieces; a list that has nothing new is asked nothing.
import type { Key } from 'react-aria-components';
import { LayoutInfo, Rect } from 'react-aria-components/Virtualizer';
import { expect, test, vi } from 'vitest';
import { FramePieces } from './FramePieces.ts';

test('those that are seen are first, and others follow, a piece with each frame', () => {
  const awaited: (() => void)[] = [];
  const there = new Set<Key>();
  const invalidate = vi.fn();
  const drawn = {
    visibleRect: new Rect(0, 102, 100, 16),
    getVisibleView: (key: Key) => (there.has(key) ? {} : undefined),
    invalidate,
  };
  const pieces = new FramePieces((run) => awaited.push(run));
  const rows = Array.from(
    { length: 20 },
    (_, row) => new LayoutInfo('row', String(row), new Rect(0, row * 10, 100, 10)),
  );
  const now = () => {
    const waiting = pieces.waiting(drawn, rows, 2);
    return rows.filter((row) => !waiting.has(row)).map(({ key }) => key);
  };
  expect(now()).toEqual(['10', '11']);
  // Asked again in the same frame: no other piece.
  expect(now()).toEqual(['10', '11']);
  expect([awaited.length, invalidate.mock.calls.length]).toEqual([1, 0]);
  for (const key of now()) there.add(key);
  for (const run of awaited.splice(0)) run();
  expect(invalidate).toHaveBeenCalledOnce();
  expect(now()).toEqual(['0', '1', '10', '11']);
  for (const { key } of rows) there.add(key);
  for (const run of awaited.splice(0)) run();
  expect([now().length, awaited.length, invalidate.mock.calls.length]).toEqual([20, 0, 2]);
});
