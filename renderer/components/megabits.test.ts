// What is typed as a rate, and what is none.
import { expect, test } from 'vitest';
import { parseMegabits } from './megabits.ts';

test.each([
  ['100', 100],
  [' 500 Mbit/s ', 500],
  ['1g', 1000],
  ['2.5 Gbit/s', 2500],
  ['0,1 Gbps', 100],
])('%s is %i Mbit/s', (text, rate) => {
  expect(parseMegabits(text)).toBe(rate);
});

test.each(['', 'fast', '-1', '1.5', '10 MB/s', '1 GiB', '1e3', '99999999999'])('%s is no rate', (text) => {
  expect(parseMegabits(text)).toBeNull();
});
