// Screens are as large as they can be, and the wall scrolls before they get too small to be read.
import { expect, test } from 'vitest';
import { LEAST_TILE_PX, TILE_GAP_PX, wallLayout } from './wall-layout.ts';

test.each([
  [1, 1],
  [2, 2],
  [4, 2],
  [6, 3],
  [9, 3],
  [12, 4],
])('%i screens in a wide window stand in %i columns, all in sight', (count, columns) => {
  const layout = wallLayout(count, 1280, 800);
  expect(layout.columns).toBe(columns);
  expect(Math.ceil(count / columns) * (layout.tileHeight + TILE_GAP_PX) - TILE_GAP_PX).toBeLessThanOrEqual(800);
});

test('many screens keep a width that can be read', () => {
  const { columns } = wallLayout(1000, 1280, 800);
  expect((1280 - (columns - 1) * TILE_GAP_PX) / columns).toBeGreaterThanOrEqual(LEAST_TILE_PX);
});

test('a window narrower than one screen has one column', () => {
  expect(wallLayout(5, 100, 400).columns).toBe(1);
});
