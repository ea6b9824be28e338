// Sizes of several disks in one field.
import { DISKS_MAX } from '@tt/protocol';
import { expect, test } from 'vitest';
import { parseDiskSizes } from './disk-sizes.ts';

test.each([
  ['', []],
  ['1024, 2g', [1024, 2048]],
  ['10 GiB, 512 MiB', [10_240, 512]],
  ['1 GiB 2 GiB', [1024, 2048]],
  ['1 g；2048、3', [1024, 2048, 3]],
])('%s', (text, sizes) => {
  expect(parseDiskSizes(text.replace('；', ';'))).toEqual(sizes);
});

test.each(['x', '0', '10 GB', '10 gigabytes', '64, x', Array.from({ length: DISKS_MAX }, () => '1').join(' ')])(
  '%s is no list of sizes',
  (text) => {
    expect(parseDiskSizes(text)).toBeNull();
  },
);
