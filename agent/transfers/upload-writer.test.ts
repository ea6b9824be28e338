// The writer of an upload: one at a time, within its limits, and what is left of a write that fails.
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { TtError } from '@tt/protocol';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { BudgetedWrite } from '../storage/budgeted-write.ts';
import type { UploadWriter } from './interface.ts';
import { testTransfer } from './test-transfer.ts';
import { TransferFiles } from './transfer-files.ts';
import { TransferLimits } from './transfer-limits.ts';
import { TransferTable } from './transfer-table.ts';
import { UploadFile } from './upload-file.ts';
import { FileUploadWriter, type UploadWriterParts } from './upload-writer.ts';

const mei = { name: 'mei', role: 'user' } as const;
const full = () => Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });

let directory: string;
let files: TransferFiles;
let table: TransferTable;
let parts: UploadWriterParts;
let isClosed: boolean;
/** Writes that the budget knows of. */
let open: Set<AbortController>;

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'tt-writer-'));
  isClosed = false;
  open = new Set();
  files = new TransferFiles(directory);
  table = new TransferTable({ files, now: () => new Date() });
  await table.load();
  const limits = new TransferLimits({ transfers: () => table.all(), admit: () => {}, freeBytes: async () => 0 });
  parts = {
    files,
    limits,
    directory,
    budget: {
      open: async (request) => {
        const stop = new AbortController();
        open.add(stop);
        const unlimited = { maxBytes: async () => Number.POSITIVE_INFINITY, refusal: async () => expect.unreachable() };
        const write = new BudgetedWrite({ ...request, signal: stop.signal }, unlimited);
        return { write, close: () => void open.delete(stop) };
      },
    },
    remove: (id) => table.remove(id),
    isClosed: () => isClosed,
  };
});
afterEach(async () => {
  vi.restoreAllMocks();
  await table.settle();
  await rm(directory, { recursive: true });
});

async function begin(): Promise<string> {
  const transfer = table.fresh(testTransfer());
  await files.create(transfer);
  table.add(transfer);
  return transfer.id;
}

const writerOf = (id: string, about: Partial<UploadWriterParts> = {}): Promise<UploadWriter> =>
  FileUploadWriter.open(table.entry(id, mei), mei, { ...parts, ...about });

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

it('writes one piece behind the other, and ends with what was expected', async () => {
  const id = await begin();
  const writer = await writerOf(id);
  await writer.write(Buffer.from('ab'), Buffer.from('c'));
  await writer.write(Buffer.from('def'));
  const whole = { state: 'whole', doneBytes: 6, sha256: sha256('abcdef') };
  expect(await writer.end(sha256('abcdef'))).toMatchObject(whole);
  expect([await readFile(files.bytesOf(id), 'utf8'), open.size]).toEqual(['abcdef', 1]);
  await writer.close();
  await writer.close();
  expect(open.size).toBe(0);
  await expect(writerOf(id)).rejects.toMatchObject({ code: 'TRANSFER_STATE' });
});

it('is one at a time; who comes while it goes is let in', async () => {
  const id = await begin();
  const first = await writerOf(id);
  await first.write(Buffer.from('abc'));
  const waiting = writerOf(id);
  await first.close();
  const second = await waiting;
  expect(second.doneBytes).toBe(3);
  await second.close();
});

it('is refused while another one is there, and takes no place then', async () => {
  const id = await begin();
  const first = await writerOf(id);
  for (let count = 0; count < 20; count++) {
    const refused = writerOf(id, { busyWaitMs: 1 });
    await expect(refused).rejects.toMatchObject({ code: 'TRANSFER_BUSY', data: { fileName: 'f' } });
  }
  await first.close();
});

it('takes no place when the budget has none for it', async () => {
  const id = await begin();
  const refusal = new TtError('AGENT_GONE', { call: 'told to fail' });
  const noBudget = { budget: { open: () => Promise.reject(refusal) } };
  for (let count = 0; count < 20; count++) await expect(writerOf(id, noBudget)).rejects.toBe(refusal);
  await (await writerOf(id)).close();
});

it('keeps what arrived when the disk is full, and goes on when there is space', async () => {
  const id = await begin();
  const writer = await writerOf(id);
  await writer.write(Buffer.from('abc'));
  vi.spyOn(UploadFile.prototype, 'append').mockRejectedValueOnce(full());
  const write = writer.write(Buffer.from('def'));
  await expect(write).rejects.toMatchObject({ code: 'DISK_FULL', data: { subject: 'f' } });
  await writer.close();
  expect(table.find(id)).toMatchObject({ doneBytes: 3, state: 'open' });
  const next = await writerOf(id);
  await next.write(Buffer.from('def'));
  expect(await next.end(null)).toMatchObject({ sha256: sha256('abcdef') });
  await next.close();
});

it('removes an upload that is not what was sent', async () => {
  const id = await begin();
  const writer = await writerOf(id);
  await writer.write(Buffer.from('abcdef'));
  const hashes = { expected: sha256('abcdeg'), found: sha256('abcdef') };
  await expect(writer.end(hashes.expected)).rejects.toMatchObject({ code: 'TRANSFER_HASH', data: hashes });
  expect(table.find(id)).toBeUndefined();
  await writer.close();
});

it('writes no more than was announced, nothing that the budget has stopped, and nothing once the agent ends', async () => {
  const id = await begin();
  const writer = await writerOf(id);
  const tooMany = { code: 'TRANSFER_SIZE', data: { sizeBytes: 6, sentBytes: 7 } };
  await expect(writer.write(Buffer.from('abcdefg'))).rejects.toMatchObject(tooMany);
  await expect(writer.end(null)).rejects.toMatchObject({ code: 'TRANSFER_SIZE', data: { sentBytes: 0 } });
  for (const stop of open) stop.abort(full());
  await expect(writer.write(Buffer.from('a'))).rejects.toMatchObject({ code: 'ENOSPC' });
  isClosed = true;
  await expect(writer.write(Buffer.from('a'))).rejects.toMatchObject({ code: 'AGENT_GONE' });
  await writer.close();
  expect(await readFile(files.bytesOf(id), 'utf8')).toBe('');
});
