// What is typed as a size, and what is none.
import { expect, test } from 'vitest';
import { parseMebibytes } from './mebibytes.ts';

test.each([
  ['1024', 1024],
  [' 300 ', 300],
  ['512 MiB', 512],
  ['1g', 1024],
  ['4 GiB', 4096],
  ['1.5 GiB', 1536],
  ['0,5 gi', 512],
  ['2T', 2_097_152],
])('%s is %i MiB', (text, size) => {
  expect(parseMebibytes(text)).toBe(size);
});

test.each(['', 'much', '-1', '1.5', '1.001 GiB', '4 GB', '1e3', '0x10', '99999999999', '1 g 2'])(
  '%s is no size',
  (text) => {
    expect(parseMebibytes(text)).toBeNull();
  },
);
