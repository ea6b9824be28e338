// Which transfers there are, for whom, and until when.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Transfer } from '@tt/protocol';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { testTransfer } from './test-transfer.ts';
import { TransferFiles } from './transfer-files.ts';
import { TransferTable } from './transfer-table.ts';

const HOUR_MS = 3_600_000;
const [mei, bo, root] = [
  { name: 'mei', role: 'user' } as const,
  { name: 'bo', role: 'user' } as const,
  { name: 'root', role: 'admin' } as const,
];

let directory: string;
let now: Date;
let files: TransferFiles;
let table: TransferTable;

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'tt-table-'));
  now = new Date(0);
  files = new TransferFiles(directory);
  table = new TransferTable({ files, now: () => now });
  await table.load();
});
afterEach(() => rm(directory, { recursive: true }));

/** One that is there, with its files. */
async function add(about: Partial<Transfer> = {}): Promise<string> {
  const transfer = table.fresh(testTransfer(about));
  await files.create(transfer);
  table.add(transfer);
  return transfer.id;
}

const passes = (ms: number) => {
  now = new Date(now.getTime() + ms);
};

it('are there for their owner and for administrators, and for nobody else', async () => {
  const id = await add();
  expect([table.list(mei), table.list(bo), table.list(root)].map(({ length }) => length)).toEqual([1, 0, 1]);
  expect([table.entry(id, mei), table.entry(id, root)].map(({ transfer }) => transfer.id)).toEqual([id, id]);
  const notFound = expect.objectContaining({ code: 'TRANSFER_NOT_FOUND' });
  expect(() => table.entry(id, bo)).toThrow(notFound);
  expect([table.find(id)?.id, table.find('another')]).toEqual([id, undefined]);
});

it('are kept for six hours after they were touched, and for as long as an operation has them', async () => {
  const [left, told, used] = [await add(), await add(), await add()];
  passes(5 * HOUR_MS);
  table.entry(told, mei).tell({ doneBytes: 1 });
  const entry = table.entry(used, mei);
  entry.transfer = { ...entry.transfer, state: 'inUse' };
  passes(HOUR_MS + 1);
  await table.sweep();
  expect([table.find(left), table.find(told)?.id, table.find(used)?.id]).toEqual([undefined, told, used]);
  expect(await readdir(directory)).toHaveLength(4);
});

it('stay when their bytes can’t be removed, unless nothing was noted of them', async () => {
  const id = await add();
  const failing = vi.spyOn(files, 'remove').mockRejectedValue(new Error('told to fail'));
  await expect(table.remove(id)).rejects.toThrow('told to fail');
  expect(table.entry(id, mei).isThere).toBe(true);
  await table.removeUnnoted(id);
  expect(table.find(id)).toBeUndefined();
  failing.mockRestore();
});

it('are those of an earlier agent, whose use of them is over, and whose time begins anew', async () => {
  const id = await add({ sizeBytes: 0 });
  await files.note({ ...testTransfer({ id, sizeBytes: 0 }), state: 'inUse' }, 0);
  passes(10 * HOUR_MS);
  const next = new TransferTable({ files, now: () => now });
  await next.load();
  await next.sweep();
  expect(next.list(mei)).toMatchObject([{ id, state: 'whole' }]);
});
