// Saves a guest while it runs (decision 0065): its memory is copied by a migration into a flat file, again and again what the
// guest changed meanwhile, until little is left. Only then it is paused, for that little. Used by `running-qemu.ts`.
import { setTimeout as delay } from 'node:timers/promises';
import { isValidSnapshotTag } from '../../storage/snapshot-tag.ts';
import { EngineError } from '../errors.ts';
import type { LiveSave, SaveOptions } from '../interface.ts';
import { type DriveNode, queryDrives } from './drives.ts';
import type { QmpClient } from './qmp-client.ts';
import type { QueryMigrateResult } from './qmp-schema.gen.ts';
import { FlatWriter, memoryBytesOf } from './ram/flat-file.ts';
import { RamReceiver } from './ram/receiver.ts';
import { removeRamFile } from './ram-file.ts';
import { placeForQemu } from './real-paths.ts';
import { deleteState, isDiskFullNow, refuseWithoutSpace, type StateContext } from './saved-states.ts';

const MIB = 1024 * 1024;
const LOOK_MS = 10;
/**
 * Where the first pass waits for the other guests of its group: with so much left that QEMU does not complete the copy unasked,
 * and so little that it is soon copied.
 */
const HOLD_AT_BYTES = 16 * MIB;
const HOLD_AT_PART = 0.4;
/** Copied in some 10 ms once the guest is paused. */
const LITTLE_BYTES = 8 * MIB;
/** A guest that changes memory faster than it is copied is paused after so many passes, with what is left then. */
const MOST_PASSES = 6;
/** A pass that leaves more than this part of what the one before left is not worth another. */
const WORTH_ANOTHER = 0.7;
/** No limit of ours: the file system is the limit. */
const BANDWIDTH_BYTES_PER_S = 100_000_000_000;
/** QEMU completes a copy unasked only when less is left than it copies in this time. */
const NEARLY_NOTHING_MS = 1;
const ALL_OF_IT_MS = 2_000_000;
const FINISH_TIMEOUT_MS = 30 * 60_000;

/** Resolves when its first copy waits for `approach`; see RunningVm.beginSave. */
export async function beginLiveSave(context: StateContext, tag: string, options: SaveOptions): Promise<RunningSave> {
  const { qmp } = context;
  if (!isValidSnapshotTag(tag)) throw new EngineError('COMMAND_FAILED', `not a snapshot tag: ${JSON.stringify(tag)}`);
  throwIfCancelled(options.signal);
  if (!(await qmp.execute('query-status', {})).running) throw new EngineError('COMMAND_FAILED', 'the guest is paused');
  const drives = (await queryDrives(qmp)).filter(({ format }) => format === 'qcow2');
  const taken = drives.find(({ snapshots }) => snapshots.some((snapshot) => snapshot.tag === tag));
  if (taken) throw new EngineError('COMMAND_FAILED', `${taken.name} has a snapshot ${tag} already`);
  await refuseWithoutSpace(await context.estimateBytes(), options.ramFile);
  const writer = await FlatWriter.create(context.spec, options.ramFile);
  const save = new RunningSave(context, tag, options, { drives, writer });
  try {
    await save.begin();
    return save;
  } catch (error) {
    const explained = await save.explained(error);
    await save.cancel();
    throw explained;
  }
}

/** Ends a copy that an agent which was killed has left running; its reader is gone with it. */
export async function endLeftSave(qmp: QmpClient): Promise<void> {
  if (isUnderWay((await qmp.execute('query-migrate', {})).status)) await cancelMigration(qmp);
}

interface SaveParts {
  drives: readonly DriveNode[];
  writer: FlatWriter;
}

export class RunningSave implements LiveSave {
  readonly paused: Promise<void>;
  /** Resolves after `finish` or `cancel`. */
  readonly over: Promise<void>;
  readonly #context: StateContext;
  readonly #tag: string;
  readonly #options: SaveOptions;
  readonly #parts: SaveParts;
  readonly #paused = Promise.withResolvers<void>();
  readonly #over = Promise.withResolvers<void>();
  /** Ends what still waits for QEMU when nobody needs it any more. */
  readonly #waits = new AbortController();
  /** Null after QEMU got to its end before the others: begun anew by `approach`. */
  #receiver: RamReceiver | null = null;
  #isOver = false;

  constructor(context: StateContext, tag: string, options: SaveOptions, parts: SaveParts) {
    this.#context = context;
    this.#tag = tag;
    this.#options = options;
    this.#parts = parts;
    this.paused = this.#paused.promise;
    this.over = this.#over.promise;
  }

  async begin(): Promise<void> {
    const { qmp, spec } = this.#context;
    await qmp.execute('migrate-set-capabilities', {
      capabilities: [
        { capability: 'events', state: true },
        // A guest that is done early waits, with its disks still its own, until they have their snapshots.
        { capability: 'pause-before-switchover', state: true },
      ],
    });
    const memoryBytes = memoryBytesOf(spec);
    const { stopped, receiver } = await this.#copy(Math.min(HOLD_AT_BYTES, memoryBytes * HOLD_AT_PART));
    const isEarly = await this.#whileShown(
      Promise.race([receiver.held.then(() => false), stopped.then(() => true), failureOf(receiver)]),
    );
    if (!isEarly) return;
    await this.#drop(receiver);
    await cancelMigration(qmp);
  }

  async approach(): Promise<void> {
    try {
      let receiver = this.#receiver;
      if (receiver) {
        receiver.goOn();
      } else {
        await this.#parts.writer.startOver();
        ({ receiver } = await this.#copy(-1));
      }
      await this.#whileShown(Promise.race([this.#untilLittleIsLeft(), failureOf(receiver)]));
    } catch (error) {
      throw await this.explained(error);
    }
  }

  async finish(): Promise<void> {
    const { qmp } = this.#context;
    const { drives, writer } = this.#parts;
    const receiver = this.#receiver;
    if (!receiver) throw new EngineError('COMMAND_FAILED', 'the guest is not ready to be saved');
    try {
      const stopped = this.#status('pre-switchover');
      const completed = this.#status('completed');
      await qmp.execute('migrate-set-parameters', { 'downtime-limit': ALL_OF_IT_MS });
      receiver.goOn();
      const isStopped = (await qmp.execute('query-migrate', {})).status === 'pre-switchover';
      if (!isStopped) await Promise.race([stopped, failureOf(receiver)]);
      if (drives.length > 0)
        await qmp.execute('transaction', { actions: drives.map(({ name }) => innerSnapshot(name, this.#tag)) });
      await qmp.execute('migrate-continue', { state: 'pre-switchover' });
      await Promise.race([completed, failureOf(receiver)]);
      await receiver.done;
    } catch (error) {
      const explained = await this.explained(error);
      await this.cancel();
      throw explained;
    }
    this.#end();
    await writer.close();
    const bytes = memoryBytesOf(this.#context.spec);
    this.#options.onProgress?.(bytes, bytes);
  }

  async cancel(): Promise<void> {
    if (this.#isOver) return;
    try {
      if (this.#receiver) await this.#drop(this.#receiver);
      await this.#parts.writer.close();
      await removeRamFile(this.#options.ramFile);
      await cancelMigration(this.#context.qmp);
      await deleteState(this.#context, this.#tag);
    } catch (error) {
      if (!(error instanceof EngineError && error.code === 'VM_GONE')) throw error;
    } finally {
      this.#end();
    }
  }

  /** What failed, in words for the caller. */
  async explained(error: unknown): Promise<unknown> {
    if (error instanceof EngineError && (error.code === 'VM_GONE' || error.code === 'CANCELLED')) return error;
    if (!(await isDiskFullNow(this.#options.ramFile))) return error;
    return new EngineError('DISK_FULL', `the disk became full while the state ${this.#tag} was saved`, {
      cause: error,
    });
  }

  /** Starts to copy; `stopped` resolves when QEMU itself has paused the guest. */
  async #copy(holdAtBytes: number): Promise<{ receiver: RamReceiver; stopped: Promise<void> }> {
    const { qmp, spec } = this.#context;
    const receiver = await RamReceiver.open(spec, this.#parts.writer, holdAtBytes);
    this.#receiver = receiver;
    await qmp.execute('migrate-set-parameters', {
      'max-bandwidth': BANDWIDTH_BYTES_PER_S,
      'downtime-limit': NEARLY_NOTHING_MS,
    });
    const stopped = this.#status('pre-switchover');
    void stopped.then(
      () => this.#receiver === receiver && this.#paused.resolve(),
      () => {},
    );
    await qmp.execute('migrate', { uri: `unix:${await placeForQemu(spec, receiver.socketPath)}` });
    return { receiver, stopped };
  }

  async #drop(receiver: RamReceiver): Promise<void> {
    this.#receiver = null;
    receiver.close();
    await receiver.done.catch(() => {});
  }

  #end(): void {
    this.#isOver = true;
    this.#waits.abort();
    this.#over.resolve();
  }

  async #untilLittleIsLeft(): Promise<void> {
    const { qmp } = this.#context;
    let passes = 1;
    let leftBefore = Number.POSITIVE_INFINITY;
    for (;;) {
      throwIfCancelled(this.#options.signal);
      const { status, ram } = await qmp.execute('query-migrate', {});
      if (status === 'pre-switchover') return;
      if (status === 'failed' || status === 'cancelled')
        throw new EngineError('COMMAND_FAILED', `QEMU's migration ended as ${status}`);
      if (ram && status === 'active' && ram['dirty-sync-count'] > passes) {
        passes = ram['dirty-sync-count'];
        const { remaining } = ram;
        if (remaining <= LITTLE_BYTES || passes >= MOST_PASSES || remaining > leftBefore * WORTH_ANOTHER) return;
        leftBefore = remaining;
      }
      await delay(LOOK_MS);
    }
  }

  /** Rejects with CANCELLED if that is wanted meanwhile. */
  async #whileShown<Result>(work: Promise<Result>): Promise<Result> {
    const { signal, onProgress } = this.#options;
    const total = memoryBytesOf(this.#context.spec);
    const timer = setInterval(() => onProgress?.(this.#receiver?.copiedBytes ?? 0, total), 100);
    const stopped = Promise.withResolvers<never>();
    const stop = () => stopped.reject(cancelled(signal));
    signal?.addEventListener('abort', stop, { once: true });
    try {
      throwIfCancelled(signal);
      return await Promise.race([work, stopped.promise]);
    } finally {
      clearInterval(timer);
      signal?.removeEventListener('abort', stop);
    }
  }

  /** COMMAND_FAILED when the migration fails instead. To be called before what leads there. */
  #status(wanted: 'pre-switchover' | 'completed'): Promise<void> {
    const ends = [wanted, 'failed', 'cancelled'];
    const reached = this.#context.qmp
      .waitFor('MIGRATION', ({ status }) => ends.includes(status), {
        timeoutMs: FINISH_TIMEOUT_MS,
        signal: this.#waits.signal,
      })
      .then(({ status }) => {
        if (status !== wanted) throw new EngineError('COMMAND_FAILED', `QEMU's migration ended as ${status}`);
      });
    reached.catch(() => {});
    return reached;
  }
}

/** Rejects when the stream can't be taken; never resolves. */
function failureOf({ done }: RamReceiver): Promise<never> {
  return new Promise((_resolve, reject) => {
    done.catch(reject);
  });
}

function innerSnapshot(device: string, name: string) {
  return { type: 'blockdev-snapshot-internal-sync', data: { device, name } } as const;
}

/** Resolves when it has ended; the guest, if QEMU itself had paused it, runs again. */
async function cancelMigration(qmp: QmpClient): Promise<void> {
  if (!isUnderWay((await qmp.execute('query-migrate', {})).status)) return;
  await qmp.execute('migrate_cancel', {});
  while (isUnderWay((await qmp.execute('query-migrate', {})).status)) await delay(LOOK_MS);
}

function isUnderWay(status: QueryMigrateResult['status']): boolean {
  return status !== undefined && !['none', 'completed', 'failed', 'cancelled'].includes(status);
}

function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw cancelled(signal);
}

function cancelled(signal: AbortSignal | undefined): EngineError {
  return new EngineError('CANCELLED', 'saving was cancelled', { cause: signal?.reason });
}
