// A migration of QEMU's that the agent reads: how it is told to wait before its end, how its end is waited for, and how it is cancelled
// (QEMU's qapi/migration.json). Used by `live-save.ts` and `held-guest.ts`.
import { setTimeout as delay } from 'node:timers/promises';
import { EngineError } from '../errors.ts';
import type { SaveOptions } from '../interface.ts';
import type { QmpClient } from './qmp-client.ts';
import type { QueryMigrateResult } from './qmp-schema.gen.ts';
import type { RamReceiver } from './ram/receiver.ts';
import { throwIfCancelled } from './saved-states.ts';

const LOOK_MS = 5;
const PROGRESS_MS = 100;
const FINISH_TIMEOUT_MS = 30 * 60_000;
/** No limit of ours: the file system is the limit. */
const BANDWIDTH_BYTES_PER_S = 100_000_000_000;
/** QEMU completes a copy unasked only when less is left than it copies in this time. */
const NOTHING_MS = 0;

/** Before its end it waits for `migrate-continue`, and it never comes to that unasked before all is sent. */
export async function waitBeforeEnd(qmp: QmpClient): Promise<void> {
  await qmp.execute('migrate-set-capabilities', {
    capabilities: [
      { capability: 'events', state: true },
      // A guest that is done waits, with its disks still its own, until they have their snapshots.
      { capability: 'pause-before-switchover', state: true },
    ],
  });
}

export async function setLimits(qmp: QmpClient): Promise<void> {
  await qmp.execute('migrate-set-parameters', {
    'max-bandwidth': BANDWIDTH_BYTES_PER_S,
    'downtime-limit': NOTHING_MS,
  });
}

/** COMMAND_FAILED when the migration ends otherwise. To be called before what leads there. */
export function migrationReaches(
  qmp: QmpClient,
  wanted: 'pre-switchover' | 'completed',
  signal: AbortSignal,
): Promise<void> {
  const ends = [wanted, 'failed', 'cancelled'];
  const reached = qmp
    .waitFor('MIGRATION', ({ status }) => ends.includes(status), { timeoutMs: FINISH_TIMEOUT_MS, signal })
    .then(({ status }) => {
      if (status !== wanted) throw new EngineError('COMMAND_FAILED', `QEMU's migration ended as ${status}`);
    });
  reached.catch(() => {});
  return reached;
}

/** Rejects when the stream can't be taken; never resolves. */
export function failureOf({ done }: RamReceiver): Promise<never> {
  return new Promise((_resolve, reject) => {
    done.catch(reject);
  });
}

/** COMMAND_FAILED for a guest that is not so. */
export async function mustBePaused(qmp: QmpClient, isPaused: boolean): Promise<void> {
  const { running } = await qmp.execute('query-status', {});
  if (running === isPaused)
    throw new EngineError('COMMAND_FAILED', `the guest is ${running ? 'not paused' : 'paused'}`);
}

/** Shows how far `work` is. Rejects with CANCELLED if that is wanted meanwhile. */
export async function whileShown<Result>(
  work: Promise<Result>,
  { signal, onProgress }: Pick<SaveOptions, 'signal' | 'onProgress'>,
  copiedBytes: () => number,
  totalBytes: number,
): Promise<Result> {
  const timer = setInterval(() => onProgress?.(copiedBytes(), totalBytes), PROGRESS_MS);
  // It fails later all the same where this was cancelled before it began.
  work.catch(() => {});
  const stopped = Promise.withResolvers<never>();
  const stop = () => stopped.reject(new EngineError('CANCELLED', 'saving was cancelled', { cause: signal?.reason }));
  signal?.addEventListener('abort', stop, { once: true });
  try {
    throwIfCancelled(signal);
    return await Promise.race([work, stopped.promise]);
  } finally {
    clearInterval(timer);
    signal?.removeEventListener('abort', stop);
  }
}

/** Resolves when it has ended; the guest, if QEMU itself had paused it, runs again. */
export async function cancelMigration(qmp: QmpClient): Promise<void> {
  if (!isUnderWay((await qmp.execute('query-migrate', {})).status)) return;
  await qmp.execute('migrate_cancel', {});
  while (isUnderWay((await qmp.execute('query-migrate', {})).status)) await delay(LOOK_MS);
}

export function isUnderWay(status: QueryMigrateResult['status']): boolean {
  return status !== undefined && !['none', 'completed', 'failed', 'cancelled'].includes(status);
}
