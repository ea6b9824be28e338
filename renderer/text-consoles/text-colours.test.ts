// Every colour of a guest can be read on its ground: WCAG AA, in both themes.
import { expect, test } from 'vitest';
import { darkColours, lightColours } from './text-colours.ts';

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

test.each([
  ['light', lightColours],
  ['dark', darkColours],
])('%s', (_name, colours) => {
  const grounds = new Set(['background', 'cursorAccent', 'selectionBackground', 'selectionInactiveBackground']);
  const { background, selectionBackground, foreground, ...others } = colours;
  const pale = Object.entries({ foreground, ...others }).filter(
    ([name, colour]) => !grounds.has(name) && contrast(colour, background) < 4.5,
  );
  expect(pale).toEqual([]);
  expect(contrast(foreground, selectionBackground)).toBeGreaterThan(4.5);
});
