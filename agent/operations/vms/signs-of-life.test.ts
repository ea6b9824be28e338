// When a guest counts as hung: no new sign for a minute while its processor is busy, and never once it has shown that it is
// alive.
import { expect, it } from 'vitest';
import { type Life, type Sign, SignsOfLife } from './signs-of-life.ts';

/** A look every 5 s at a guest that takes `share` of a processor; what `at` gives is laid over it. */
function watch(looks: number, share: number, at: (look: number) => Partial<Sign> = () => ({})): Life[] {
  const signs = new SignsOfLife();
  return Array.from({ length: looks }, (_, look) => {
    const atMs = look * 5_000;
    return signs.add({ atMs, cpuUs: atMs * 1000 * share, spoke: false, picture: 'black', ...at(look) });
  });
}

it('is hung after a minute of nothing but heat', () => {
  const seen = watch(14, 1);
  expect(seen.indexOf('hung')).toBe(12);
  // Also on a host where it gets only half a processor, and where its picture can't be had.
  expect(watch(14, 0.55).at(-1)).toBe('hung');
  expect(watch(14, 1, () => ({ picture: null })).at(-1)).toBe('hung');
});

it('is not hung in a menu of its firmware, which waits', () => {
  expect(new Set(watch(200, 0.05))).toEqual(new Set(['unknown']));
});

it('counts the minute from the last new picture; a blinking cursor is none', () => {
  const firmware = (look: number) => ({ picture: look < 3 ? `firmware ${look}` : `kernel ${look % 2}` });
  const seen = watch(30, 1, firmware);
  expect(seen.indexOf('hung')).toBe(4 + 12);
});

it('lives once it has spoken, whatever comes after', () => {
  const seen = watch(100, 1, (look) => ({ spoke: look === 2 }));
  expect(seen.slice(2)).toEqual(Array(98).fill('alive'));
});

it('lives while its picture changes, and stays alive when that stops', () => {
  const seen = watch(100, 1, (look) => ({ picture: `frame ${Math.min(look, 20)}` }));
  expect(seen).not.toContain('hung');
  expect(seen.at(-1)).toBe('alive');
});
