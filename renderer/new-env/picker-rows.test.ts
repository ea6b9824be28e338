// The picker's rows: each family in one piece below its heading, whatever lies between in the list.
import type { Image } from '@tt/protocol';
import { expect, test } from 'vitest';
import { pickerRows } from './picker-rows.ts';

const image = (os: string) => ({ name: `qemu:${os}:default`, os }) as Image;

test('a heading stands above the first of each family', () => {
  const rows = pickerRows(['debian-11', 'tiny-2', 'debian-12', 'ubuntu'].map(image));
  expect(rows.map(({ family, image: { os } }) => [family, os])).toEqual([
    ['debian', 'debian-11'],
    [null, 'debian-12'],
    ['tiny', 'tiny-2'],
    ['ubuntu', 'ubuntu'],
  ]);
  expect(pickerRows([])).toEqual([]);
});
