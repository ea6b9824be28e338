// A qcow2 crafted to keep its reader busy: a large first-level table with many references to the same second-level table.
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { lookAtQcow2 } from './qcow2-wholeness.ts';

const CLUSTER_BITS = 21;
const CLUSTER_BYTES = 2 ** CLUSTER_BITS;
const FIRST_TABLE_AT = CLUSTER_BYTES;
const ENTRIES = 1024 * 1024;

let file: string;
beforeEach(async () => {
  file = path.join(await mkdtemp(path.join(tmpdir(), 'tt-wholeness-')), 'disk.qcow2');
});
afterEach(() => rm(path.dirname(file), { recursive: true }));

/** All entries of the first table lead to `tableAt`; of what lies there, the first `used` entries name a cluster. */
async function write(tableAt: number, firstTableAt: bigint = BigInt(FIRST_TABLE_AT), used = 0): Promise<void> {
  const header = Buffer.alloc(104);
  header.writeUInt32BE(0x514649fb, 0);
  header.writeUInt32BE(3, 4);
  header.writeUInt32BE(CLUSTER_BITS, 20);
  header.writeBigUInt64BE(1024n ** 3n, 24);
  header.writeUInt32BE(ENTRIES, 36);
  header.writeBigUInt64BE(firstTableAt, 40);
  header.writeUInt32BE(104, 100);
  const table = Buffer.alloc(ENTRIES * 8);
  for (let entry = 0; entry < ENTRIES; entry++) table.writeBigUInt64BE(BigInt(tableAt), entry * 8);
  await using handle = await open(file, 'wx');
  await handle.write(header, 0, header.length, 0);
  await handle.write(table, 0, table.length, FIRST_TABLE_AT);
  const second = Buffer.alloc(used * 8);
  for (let entry = 0; entry < used; entry++) second.writeBigUInt64BE(BigInt(CLUSTER_BYTES), entry * 8);
  await handle.write(second, 0, second.length, tableAt);
  await handle.truncate(FIRST_TABLE_AT + 10 * CLUSTER_BYTES);
}

// Two TiB would be read otherwise.
it('is read through once, however often it names one table', async () => {
  await write(FIRST_TABLE_AT + 9 * CLUSTER_BYTES);
  expect(await lookAtQcow2(file)).toEqual({
    virtualBytes: 1024 ** 3,
    dataBytes: 0,
    missing: null,
    needsOthers: null,
  });
});

// A small file that becomes a large one when it is unpacked.
it('counts a cluster as often as it is named', async () => {
  await write(FIRST_TABLE_AT + 9 * CLUSTER_BYTES, BigInt(FIRST_TABLE_AT), 1);
  expect(await lookAtQcow2(file)).toMatchObject({ virtualBytes: 1024 ** 3, dataBytes: 1024 ** 3 });
});

it('has tables only where tables can lie, so that they do not overlap', async () => {
  await write(FIRST_TABLE_AT + 512);
  expect((await lookAtQcow2(file)).missing).toMatchObject({ code: 'tablesDamaged' });
});

it('is cut when its first table is said to lie where no file reaches', async () => {
  await write(FIRST_TABLE_AT, 0xffff_ffff_ffff_fe00n);
  expect((await lookAtQcow2(file)).missing).toMatchObject({ code: 'cut' });
});
