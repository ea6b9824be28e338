// A capsule is downloaded while the agent packs it: bytes arrive before the operation ends; if it is cancelled or fails, the
// downloader gets an error, never a truncated file, and nothing remains.
import { createHash, randomUUID } from 'node:crypto';
import { readdir, truncate } from 'node:fs/promises';
import path from 'node:path';
import { downloadTo, whilePacked } from '@tt/client';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FakeStorage } from '../storage/fake-storage.ts';
import { startTestAgent, type TestAgent } from '../testing/in-process-agent.ts';

const MIB = 1024 * 1024;
/** More than may be under way to a client: the file has no end for a client that acknowledges nothing. */
const DISK_MIB = 4;

/** Packing has written everything, but does not end before `mayEnd` has resolved. */
const gate = vi.hoisted(() => ({ mayEnd: Promise.resolve() }));
vi.mock(import('../capsules/capsule-writer.ts'), async (importOriginal) => {
  const writer = await importOriginal();
  const packCapsule: typeof writer.packCapsule = async (...given) => {
    const packed = await writer.packCapsule(...given);
    await gate.mayEnd;
    return packed;
  };
  return { ...writer, packCapsule };
});

class LargeStorage extends FakeStorage {
  override async exportDisk(...args: Parameters<FakeStorage['exportDisk']>): Promise<void> {
    await super.exportDisk(...args);
    const [, , , targetPath] = args;
    await truncate(targetPath, DISK_MIB * MIB);
  }
}

let agent: TestAgent;
beforeEach(async () => {
  gate.mayEnd = Promise.resolve();
  agent = await startTestAgent({ makeStorage: (directory) => new LargeStorage({ directory }) });
  await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny', copies: 1 }] });
});
afterEach(() => agent.stop());

async function nothingIsLeft(): Promise<void> {
  expect((await agent.client.transfer.list()).transfers).toEqual([]);
  expect(await readdir(path.join(agent.home, 'transfers'))).toEqual([]);
}

it('the first bytes come before the packing has ended, and the file is whole', async () => {
  const { client } = agent;
  const { id: transferId } = await client.transfer.reserve({});
  const hash = createHash('sha256');
  const first = Promise.withResolvers<void>();
  gate.mayEnd = first.promise;
  const totals = new Set<number>();
  // Never ends when no bytes come before it has ended.
  const packing = client.capsule.export({ envName: 'demo', transferId });
  const { packed, fetched } = await whilePacked(packing, (signal) => {
    const take = (piece: Uint8Array) => {
      first.resolve();
      hash.update(piece);
    };
    const onProgress = (_done: number, total: number) => totals.add(total);
    return downloadTo(agent, { id: transferId }, 0, take, { signal, onProgress });
  });
  const { expiresAt: _movedOnByReading, ...transfer } = packed.transfer;
  expect(fetched).toMatchObject({ status: 'fulfilled', value: transfer });
  expect(hash.digest('hex')).toBe(packed.transfer.sha256);
  expect([...totals]).toEqual([packed.transfer.sizeBytes]);
  await client.transfer.drop({ transferId });
  await nothingIsLeft();
});

it('cancelled in the middle it is an error for who fetches it, and leaves nothing', async () => {
  const { client } = agent;
  const { id: transferId } = await client.transfer.reserve({});
  const operationId = randomUUID();
  const packing = client.capsule.export({ envName: 'demo', transferId, operationId });
  const first = Promise.withResolvers<void>();
  const cancelled = first.promise.then(() => client.operation.cancel({ operationId }));
  gate.mayEnd = cancelled.then(() => {});
  const fetching = downloadTo(agent, { id: transferId }, 0, () => first.resolve());
  const [packed, fetched] = await Promise.allSettled([packing, fetching]);
  await cancelled;
  expect(packed).toMatchObject({ status: 'rejected', reason: { code: 'OPERATION_CANCELLED' } });
  expect(fetched).toMatchObject({ status: 'rejected', reason: { code: 'OPERATION_CANCELLED' } });
  await nothingIsLeft();
});

it('an export that is refused or fails before anything is packed ends the fetch with its error', async () => {
  const { client } = agent;
  for (const [snapshotName, code] of [
    ['none', 'SNAPSHOT_NOT_FOUND'],
    [undefined, 'CAPSULE_FAILED'],
  ] as const) {
    if (code === 'CAPSULE_FAILED') agent.storage.failNext('exportDisk', 'STORAGE_FAILED');
    const { id: transferId } = await client.transfer.reserve({});
    const of = snapshotName === undefined ? {} : { snapshotName };
    const exporting = client.capsule.export({ envName: 'demo', transferId, ...of });
    const both = whilePacked(exporting, (signal) => downloadTo(agent, { id: transferId }, 0, () => {}, { signal }));
    await expect(both).rejects.toMatchObject({ code });
    await client.transfer.drop({ transferId }).catch((error: unknown) => {
      expect(error).toMatchObject({ code: 'TRANSFER_NOT_FOUND' });
    });
    await nothingIsLeft();
  }
});
