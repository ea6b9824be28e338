// A long list begins with its first slice, a short one is whole and the same array.
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { useSlices } from './use-slices.ts';

function firstOf(items: readonly number[]): readonly number[] {
  const shown: (readonly number[])[] = [];
  function List() {
    shown.push(useSlices(items));
    return null;
  }
  renderToStaticMarkup(<List />);
  expect(shown).toHaveLength(1);
  return shown[0] ?? [];
}

test('of a thousand the first are there at once', () => {
  const items = Array.from({ length: 1000 }, (_, index) => index);
  expect(firstOf(items)).toEqual(items.slice(0, 125));
});

test('a short one is the same array', () => {
  const items = [1, 2, 3];
  expect(firstOf(items)).toBe(items);
});
