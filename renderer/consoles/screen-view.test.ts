// Views that a display has, and sizes for its pixels.
import { expect, it } from 'vitest';
import { deviceSize, qualityLevels, viewsFor } from './screen-view.ts';

it('offers pixels of the display only where they are not those of the page', () => {
  expect([viewsFor(1), viewsFor(2), viewsFor(1.25)].map((views) => views.length)).toEqual([2, 3, 3]);
});

it.each([
  [1, { width: 1280, height: 800 }],
  [2, { width: 640, height: 400 }],
  [1.25, { width: 1024, height: 640 }],
  [0, { width: 1280, height: 800 }],
  [Number.NaN, { width: 1280, height: 800 }],
])('at %d device pixels a screen of 1280 x 800 takes %o', (ratio, size) => {
  expect(deviceSize({ width: 1280, height: 800 }, ratio)).toEqual(size);
});

it('has levels that noVNC takes', () => {
  for (const { quality, compression } of Object.values(qualityLevels))
    expect([quality, compression].every((level) => Number.isInteger(level) && level >= 0 && level <= 9)).toBe(true);
});
