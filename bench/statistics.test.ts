// The few numbers a bench prints.
import { expect, it } from 'vitest';
import { median, min, percentile } from './statistics.ts';

it('finds min, median and percentiles in any order', () => {
  const values = [5, 1, 4, 2, 3];
  expect([min(values), median(values), percentile(values, 0.95)]).toEqual([1, 3, 5]);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(values).toEqual([5, 1, 4, 2, 3]);
});

it('refuses to make a number out of nothing', () => {
  expect(() => median([])).toThrow('nothing was measured');
  expect(() => min([])).toThrow('nothing was measured');
});
