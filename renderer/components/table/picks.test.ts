// Selecting in a table as people know it: ranges begin where the last click was, and are drawn anew from there.
import { describe, expect, it } from 'vitest';
import { Picks } from './picks.ts';

const keys = ['a', 'b', 'c', 'd', 'e', 'f'];
const shownAs = (order: readonly string[]) => ({
  keys: order,
  places: new Map(order.map((key, place) => [key, place])),
});
const shown = shownAs(keys);
const text = (selected: ReadonlySet<string>) => [...selected].sort().join('');

describe('a range', () => {
  it('goes from the last click to where it is drawn, in both directions, and shrinks', () => {
    const picks = new Picks();
    let selected = picks.only('c');
    selected = picks.extended(selected, shown, 'e');
    expect(text(selected)).toBe('cde');
    selected = picks.extended(selected, shown, 'd');
    expect(text(selected)).toBe('cd');
    selected = picks.extended(selected, shown, 'a');
    expect(text(selected)).toBe('abc');
  });

  it('leaves what was selected elsewhere', () => {
    const picks = new Picks();
    let selected = picks.toggled(new Set(['a']), 'd');
    selected = picks.extended(selected, shown, 'e');
    expect(text(selected)).toBe('ade');
  });

  it('follows the order in which things are shown', () => {
    const picks = new Picks();
    const turned = shownAs(['f', 'a', 'e', 'b', 'd', 'c']);
    expect(text(picks.extended(picks.only('a'), turned, 'b'))).toBe('abe');
  });

  it('is one alone where nothing was clicked, or what was is gone', () => {
    expect(text(new Picks().extended(new Set(), shown, 'b'))).toBe('b');
    const picks = new Picks();
    picks.only('a');
    expect(text(picks.extended(new Set(), shownAs(['b', 'c']), 'c'))).toBe('c');
  });
});

it('one is selected or not by turns, and the set that was handed out is never changed', () => {
  const picks = new Picks();
  const before: ReadonlySet<string> = new Set(['a']);
  const after = picks.toggled(before, 'b');
  expect([text(before), text(after), text(picks.toggled(after, 'a'))]).toEqual(['a', 'ab', 'b']);
  expect([text(picks.all(shown)), text(picks.none())]).toEqual(['abcdef', '']);
});
