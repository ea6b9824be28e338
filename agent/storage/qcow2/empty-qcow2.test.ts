// Empty qcow2 files, byte by byte where it matters; in `qcow2.test.ts` qemu-img reads them, in `drives.test.ts` QEMU writes into one.
import { expect, it } from 'vitest';
import { type EmptyQcow2, emptyQcow2 } from './empty-qcow2.ts';
import { parseQcow2Header } from './qcow2-header.ts';

const MIB = 1024 * 1024;
const TIB = MIB * MIB;

function fileOf(disk: EmptyQcow2): Buffer {
  const { parts, sizeBytes } = emptyQcow2(disk);
  const file = Buffer.alloc(sizeBytes);
  for (const { offset, bytes } of parts) bytes.copy(file, offset);
  return file;
}

it('has four clusters in use: header, table and block of reference counts, first-level table', () => {
  const file = fileOf({ clusterBits: 16, virtualBytes: MIB });
  expect(file.length).toBe(4 * 65_536);
  expect(parseQcow2Header(file)).toEqual({ virtualBytes: MIB, backing: null, hasDataFile: false });
  // Where the tables are, as QEMU's docs/interop/qcow2.txt numbers the header's fields.
  expect([file.readBigUInt64BE(40), file.readBigUInt64BE(48), file.readBigUInt64BE(65_536)]).toEqual([
    3n * 65_536n,
    65_536n,
    2n * 65_536n,
  ]);
  const counts = Array.from({ length: 6 }, (_, cluster) => file.readUInt16BE(2 * 65_536 + cluster * 2));
  expect(counts).toEqual([1, 1, 1, 1, 0, 0]);
});

it('names its image and the format of that', () => {
  const backing = { path: '/images/á, b.qcow2', format: 'raw' } as const;
  const file = fileOf({ clusterBits: 16, virtualBytes: 64 * MIB + 1, backing });
  expect(parseQcow2Header(file)).toEqual({
    virtualBytes: 64 * MIB + 512,
    backing: { name: backing.path, format: 'raw' },
    hasDataFile: false,
  });
});

it('has a first-level table as long as its disk needs, or as was asked for', () => {
  const entries = (disk: Omit<EmptyQcow2, 'clusterBits'>) => fileOf({ clusterBits: 16, ...disk }).readUInt32BE(36);
  // An entry for each 512 MiB.
  expect([entries({ virtualBytes: MIB }), entries({ virtualBytes: 512 * MIB + 1 })]).toEqual([1, 2]);
  expect(entries({ virtualBytes: MIB, leastEntries: 64 })).toBe(64);
  const large = fileOf({ clusterBits: 16, virtualBytes: 8 * TIB });
  expect([large.readUInt32BE(36), large.length]).toEqual([16_384, 5 * 65_536]);
});

it('refuses what can’t be written down', () => {
  const disk = { clusterBits: 16, virtualBytes: MIB };
  const refused = expect.objectContaining({ code: 'STORAGE_FAILED' });
  for (const name of [`/${'x'.repeat(1023)}`, '/a\0b']) {
    expect(() => emptyQcow2({ ...disk, backing: { path: name, format: 'raw' } })).toThrow(refused);
  }
  for (const virtualBytes of [Number.NaN, Number.POSITIVE_INFINITY, 2 ** 60]) {
    expect(() => emptyQcow2({ ...disk, virtualBytes })).toThrow(refused);
  }
});
