// What one user may have of transfers, streams and bytes, whatever others have.
import type { Transfer } from '@tt/protocol';
import { TtError } from '@tt/protocol';
import { beforeEach, expect, it } from 'vitest';
import { testTransfer } from './test-transfer.ts';
import { TransferLimits } from './transfer-limits.ts';

let transfers: Transfer[];
let freeBytes: number;
/** All that somebody has and wants, each time the quota was asked. */
let asked: [string, number][];
let limits: TransferLimits;

beforeEach(() => {
  transfers = [];
  freeBytes = 1000;
  asked = [];
  limits = new TransferLimits({
    transfers: () => transfers,
    admit: (owner, bytes) => {
      asked.push([owner, bytes]);
      if (bytes > 600)
        throw new TtError('QUOTA_EXCEEDED', { user: owner, resource: 'diskMiB', total: 600, used: 0, wanted: bytes });
    },
    freeBytes: async () => freeBytes,
  });
});

it('is a number of files, in either direction', async () => {
  for (const direction of ['upload', 'download'] as const)
    for (let count = 0; count < 16; count++) transfers.push(testTransfer({ direction }));
  const limit = { code: 'TRANSFER_LIMIT', data: { user: 'mei', total: 32, used: 32 } };
  await expect(limits.admit('mei', 1)).rejects.toMatchObject(limit);
  await limits.admit('bo', 1);
  transfers.pop();
  await limits.admit('mei', 1);
});

it('is a number of streams, until they are left', () => {
  const leave = Array.from({ length: 16 }, () => limits.enter('mei'));
  const limit = { code: 'TRANSFER_LIMIT', data: { user: 'mei', total: 16, used: 16 } };
  expect(() => limits.enter('mei')).toThrow(expect.objectContaining(limit));
  limits.enter('bo');
  leave[0]?.();
  limits.enter('mei');
});

it('is a quota for all that was allocated to this user, and the disk for what everybody has yet to send', async () => {
  transfers = [testTransfer({ sizeBytes: 400, doneBytes: 100 }), testTransfer({ owner: 'bo', sizeBytes: 500 })];
  await limits.admit('mei', 200);
  expect(asked).toEqual([['mei', 600]]);
  await expect(limits.admit('mei', 201)).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED' });
  await expect(limits.admitBytes('eve', 201)).rejects.toMatchObject({ code: 'DISK_FULL' });
  freeBytes = 1001;
  await limits.admitBytes('eve', 201);
});

it('counts what is there, what is allocated and what is to come', () => {
  transfers = [
    testTransfer({ sizeBytes: 400, doneBytes: 100 }),
    testTransfer({ direction: 'download', state: 'whole', sizeBytes: 30, doneBytes: 30 }),
    // Counts where it is made.
    testTransfer({ direction: 'download', state: 'packing', sizeBytes: 7, doneBytes: 5 }),
    testTransfer({ owner: 'bo', sizeBytes: 50, doneBytes: 50 }),
  ];
  expect([limits.storedBytes('mei'), limits.allocatedBytes('mei'), limits.owedBytes()]).toEqual([130, 437, 302]);
});

it('tells of a full disk as one, and of other failures as they are', async () => {
  freeBytes = 2;
  const fails = (code: string) =>
    limits.onDisk(testTransfer(), 3, () => Promise.reject(Object.assign(new Error(), { code })));
  await expect(fails('ENOSPC')).rejects.toMatchObject({ code: 'DISK_FULL', data: { subject: 'f' } });
  await expect(fails('EIO')).rejects.toMatchObject({ code: 'EIO' });
  expect(await limits.onDisk(testTransfer(), 3, async () => 'written')).toBe('written');
});
