// The layout of long grids: columns as CSS makes them, only what is in sight, pages, what lies under the pointer.
import { Rect, Size } from 'react-aria-components/Virtualizer';
import type { Key } from 'react-aria-components';
import { expect, test, vi } from 'vitest';
import { AutoFillLayout, type AutoFillOptions } from './AutoFillLayout.ts';

const GRID: AutoFillOptions = { minWidth: 320, gap: 12, height: 100 };

/** A layout of `count` items (keys `0`, `1`, …) in a list of this width, of which 500 px are seen. `drawn`: which items there are already; default: all. */
function laidOut({
  count = 1000,
  width = 1000,
  persisted = [] as string[],
  options = GRID,
  y = 0,
  drawn = null as Set<Key> | null,
} = {}) {
  const awaited: (() => void)[] = [];
  const layout = new AutoFillLayout((run) => awaited.push(run));
  const invalidate = vi.fn();
  const keys = Array.from({ length: count }, (_, index) => String(index));
  const update = () => layout.update({ layoutOptions: options });
  Object.assign(layout, {
    virtualizer: {
      collection: { getKeys: () => keys },
      size: new Size(width, 0),
      visibleRect: new Rect(0, y, width, 500),
      persistedKeys: new Set(persisted),
      getVisibleView: (key: Key) => (drawn === null || drawn.has(key) ? {} : undefined),
      invalidate,
    },
  });
  update();
  return { layout, update, awaited, invalidate };
}

test('makes as many columns as CSS auto-fill, over the whole width', () => {
  const { layout } = laidOut({ width: 1000 });
  // floor((1000 + 12) / (320 + 12)) = 3 columns of (1000 - 2 x 12) / 3.
  const third = layout.getLayoutInfo('2')?.rect;
  expect(third?.maxX).toBeCloseTo(1000);
  expect(layout.getLayoutInfo('3')?.rect).toMatchObject({ x: 0, y: 112 });
  expect(laidOut({ width: 200 }).layout.getLayoutInfo('1')?.rect).toMatchObject({ x: 0, y: 112, width: 200 });
});

test('gives what is in sight and what has the focus, in order', () => {
  const { layout } = laidOut({ persisted: ['0', '999'] });
  const keys = layout.getVisibleLayoutInfos(new Rect(0, 1120, 1000, 300)).map(({ key }) => key);
  expect(keys).toEqual(['0', '30', '31', '32', '33', '34', '35', '36', '37', '38', '999']);
  expect(layout.getContentSize().height).toBe(334 * 112 - 12);
});

test('many that come into sight are made in pieces, those that are seen first', () => {
  const drawn = new Set<Key>(['3']);
  const { layout, awaited, invalidate } = laidOut({ y: 1120, drawn, persisted: ['999'] });
  const keys = () => layout.getVisibleLayoutInfos(new Rect(0, 1008, 1000, 900)).map(({ key }) => key);
  const nextFrame = () => {
    for (const key of keys()) drawn.add(key);
    for (const run of awaited.splice(0)) run();
  };
  // Rows 9 to 17 are wanted; row 10 is the first in sight. What has the focus is there in any case.
  expect(keys()).toEqual(['30', '31', '32', '33', '999']);
  for (const key of keys()) drawn.add(key);
  // In the same frame no other piece follows, though all of the first are there.
  expect([keys().length, awaited.length, invalidate.mock.calls.length]).toEqual([5, 1, 0]);
  nextFrame();
  expect(invalidate).toHaveBeenCalledOnce();
  expect(keys()).toEqual(['30', '31', '32', '33', '34', '35', '36', '37', '999']);
  for (let frame = 0; frame < 7; frame++) nextFrame();
  expect([keys().length, keys()[0], keys().at(-2)]).toEqual([28, '27', '53']);
  nextFrame();
  const before = invalidate.mock.calls.length;
  nextFrame();
  expect([invalidate.mock.calls.length, awaited.length]).toEqual([before, 0]);
});

test('what is as high as was guessed moves nothing', () => {
  const { layout } = laidOut();
  expect(layout.isToMeasure('1', 100)).toBe(true);
  expect(layout.updateItemSize('1', new Size(0, 100))).toBe(false);
  expect([100, 100.5, 101].map((height) => layout.isToMeasure('1', height))).toEqual([false, false, true]);
  expect(layout.isToMeasure('gone', 100)).toBe(false);
});

test('a measured item moves those below it, and is the guess for those not measured', () => {
  const { layout, update } = laidOut();
  expect(layout.updateItemSize('1', new Size(0, 150))).toBe(true);
  expect(layout.updateItemSize('1', new Size(0, 150))).toBe(false);
  update();
  expect(layout.getLayoutInfo('1')).toMatchObject({ rect: { height: 150 } });
  expect(layout.getLayoutInfo('3')?.rect.y).toBe(162);
  expect(layout.getLayoutInfo('3')?.rect.height).toBe(150);
});

test('other sizes make other columns, and what was measured is measured anew', () => {
  const { layout } = laidOut({ width: 1000 });
  layout.updateItemSize('0', new Size(0, 150));
  layout.update({ layoutOptions: { ...GRID, minWidth: 160, height: 60 } });
  // floor((1000 + 12) / (160 + 12)) = 5 columns.
  expect(layout.getLayoutInfo('5')?.rect).toMatchObject({ x: 0, y: 72 });
  expect(layout.getLayoutInfo('0')).toMatchObject({ rect: { height: 60 } });
  expect(layout.isToMeasure('0', 60)).toBe(true);
});

test('stretches the items of a row only where that is asked for', () => {
  for (const [stretch, height] of [
    [true, 150],
    [false, 90],
  ] as const) {
    const { layout, update } = laidOut({ options: { ...GRID, stretch } });
    layout.updateItemSize('0', new Size(0, 90));
    layout.updateItemSize('1', new Size(0, 150));
    update();
    expect(layout.getLayoutInfo('0')?.rect.height).toBe(height);
  }
});

test('a page is what is seen, in the same column, and ends at the ends', () => {
  const { layout } = laidOut();
  expect(layout.pageFrom('1', 1)).toBe('13');
  expect(layout.pageFrom('13', -1)).toBe('1');
  expect(layout.pageFrom('998', 1)).toBe('999');
  expect(layout.pageFrom('2', -1)).toBe('0');
  expect(layout.pageFrom('gone', 1)).toBeNull();
});

test('drops go on items, by places in the list however far its page is scrolled', () => {
  const { layout } = laidOut({ y: 5000 });
  const at = (x: number, y: number) => layout.getDropTargetFromPoint(x, y, () => true);
  expect(at(10, 5050)).toEqual({ type: 'item', key: '135', dropPosition: 'on' });
  // Between two columns, between two rows, below the last.
  expect([at(328, 5050), at(10, 5036), at(10, 99_999)].map(({ type }) => type)).toEqual(['root', 'root', 'root']);
  expect(layout.getDropTargetFromPoint(10, 5050, () => false)).toEqual({ type: 'root' });
});
