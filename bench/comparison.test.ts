// Verdicts: met, missed by less than the noise, missed.
import { expect, it } from 'vitest';
import { atLeast, atMost, type Comparison, verdict } from './comparison.ts';

const line = (ratio: number | null, goal: Comparison['goal'], unit?: string): Comparison => ({
  what: '',
  ours: '',
  peer: '',
  ratio,
  goal,
  ...(unit !== undefined && { unit }),
});

it('holds a ratio against its goal', () => {
  expect([1.5, 1.51, 1.94, 1.96].map((ratio) => verdict(line(ratio, atMost(1.5))))).toEqual([
    'ok',
    'misses, within noise',
    'misses, within noise',
    'MISSES',
  ]);
  expect([0.8, 0.79, 0.6].map((ratio) => verdict(line(ratio, atLeast(0.8))))).toEqual([
    'ok',
    'misses, within noise',
    'MISSES',
  ]);
});

it('excuses nothing where the limit is a promise in bytes', () => {
  expect(verdict(line(4.1, atMost(4), 'MiB'))).toBe('MISSES');
});

it('says nothing without a ratio or a goal', () => {
  expect(verdict(line(null, atMost(1)))).toBe('');
  expect(verdict(line(3, null))).toBe('');
});
