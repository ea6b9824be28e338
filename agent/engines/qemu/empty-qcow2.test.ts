// The empty file that RAM is saved into, byte by byte where it matters; in `drives.test.ts` QEMU writes into it.
import { expect, it } from 'vitest';
import { parseQcow2Header } from '../../storage/qcow2/qcow2-header.ts';
import { emptyQcow2 } from './empty-qcow2.ts';

it('has four clusters in use: header, table and block of reference counts, first-level table', () => {
  const { parts, sizeBytes } = emptyQcow2(16);
  const file = Buffer.alloc(sizeBytes);
  for (const { offset, bytes } of parts) bytes.copy(file, offset);
  expect(sizeBytes).toBe(4 * 65_536);
  expect(parseQcow2Header(file)).toMatchObject({ virtualBytes: 1024 * 1024, backing: null, hasDataFile: false });
  // Where the tables are, as QEMU's docs/interop/qcow2.txt numbers the header's fields.
  expect([file.readBigUInt64BE(40), file.readBigUInt64BE(48), file.readBigUInt64BE(65_536)]).toEqual([
    3n * 65_536n,
    65_536n,
    2n * 65_536n,
  ]);
  const counts = Array.from({ length: 6 }, (_, cluster) => file.readUInt16BE(2 * 65_536 + cluster * 2));
  expect(counts).toEqual([1, 1, 1, 1, 0, 0]);
});
