// The snapshot table of a qcow2 disk, byte by byte, intact and broken.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, vi } from 'vitest';
import { parseSnapshotTable, readQcow2Snapshots } from './qcow2-snapshots.ts';

/** As docs/interop/qcow2.txt of QEMU has it. */
function entry(tag: string, extra: bigint[], smallVmState = 0): Buffer {
  const id = '1';
  const bytes = Buffer.alloc(Math.ceil((40 + extra.length * 8 + id.length + tag.length) / 8) * 8);
  bytes.writeBigUInt64BE(4096n, 0);
  bytes.writeUInt32BE(3, 8);
  bytes.writeUInt16BE(id.length, 12);
  bytes.writeUInt16BE(tag.length, 14);
  bytes.writeUInt32BE(smallVmState, 32);
  bytes.writeUInt32BE(extra.length * 8, 36);
  for (const [index, value] of extra.entries()) bytes.writeBigUInt64BE(value, 40 + index * 8);
  bytes.write(id + tag, 40 + extra.length * 8);
  return bytes;
}

it('reads names, RAM and sizes, of old and new entries', () => {
  const table = Buffer.concat([entry('first', [5n, 64n, 0n]), entry('of-old', [], 7), entry('last', [0n, 128n])]);
  expect(parseSnapshotTable(table, 3)).toEqual([
    { tag: 'first', vmStateBytes: 5, virtualBytes: 64, l1Offset: 4096, l1Entries: 3 },
    { tag: 'of-old', vmStateBytes: 7, virtualBytes: null, l1Offset: 4096, l1Entries: 3 },
    { tag: 'last', vmStateBytes: 0, virtualBytes: 128, l1Offset: 4096, l1Entries: 3 },
  ]);
  expect(parseSnapshotTable(Buffer.alloc(0), 0)).toEqual([]);
});

it('takes half a table for none', () => {
  const table = entry('first', [5n, 64n]);
  for (const length of [0, 12, 40, 50, 60]) expect(parseSnapshotTable(table.subarray(0, length), 1)).toBeNull();
  expect(parseSnapshotTable(table, 2)).toBeNull();
});

it('asks for no more memory than a small file with a broken table has', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'tt-snapshots-'));
  const file = path.join(folder, 'x.qcow2');
  const image = Buffer.alloc(4096);
  Buffer.from('514649fb00000003', 'hex').copy(image);
  image.writeUInt32BE(65_536, 60);
  image.writeBigUInt64BE(2048n, 64);
  image.writeUInt32BE(104, 100);
  await writeFile(file, image);
  const alloc = vi.spyOn(Buffer, 'alloc');
  try {
    expect(() => readQcow2Snapshots(file)).toThrow('read the snapshots');
    const askedBytes = alloc.mock.calls.reduce((total, [size]) => total + size, 0);
    expect(askedBytes).toBeLessThan(64 * 1024);
  } finally {
    alloc.mockRestore();
    await rm(folder, { recursive: true });
  }
});
