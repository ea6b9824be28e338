// Saves a guest while it runs: its memory is copied by a migration into a file (QEMU's docs/devel/migration.rst), again and again
// what the guest changed meanwhile, until little is left. Only then it is stopped, for that little. Used by `running-qemu.ts`.
import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { isValidSnapshotTag } from '../../storage/snapshot-tag.ts';
import { EngineError } from '../errors.ts';
import type { LiveSave, SaveOptions } from '../interface.ts';
import { type DriveNode, queryDrives } from './drives.ts';
import { openPlainFile } from './guarded-files.ts';
import type { QmpClient } from './qmp-client.ts';
import type { QueryMigrateResult } from './qmp-schema.gen.ts';
import { removeRamFile } from './ram-file.ts';
import { RamReceiver } from './ram-receiver.ts';
import { placeForQemu } from './real-paths.ts';
import { refuseWithoutSpace, type StateContext, deleteState, isDiskFullNow } from './saved-states.ts';

const LOOK_MS = 20;
/** Copied in some 10 ms once the guest stands still. */
const LITTLE_BYTES = 8 * 1024 * 1024;
/** A guest that changes memory faster than it is copied is stopped after so many passes, with what is left then. */
const MOST_PASSES = 6;
/** A pass that leaves more than this part of what the one before left is not worth another. */
const WORTH_ANOTHER = 0.7;
/** No limit of ours: the file system is the limit. */
const BANDWIDTH_BYTES_PER_S = 100_000_000_000;
/** QEMU goes to its end by itself only when less is left than it copies in this time. */
const NEARLY_NOTHING_MS = 1;
const ALL_OF_IT_MS = 2_000_000;
const FINISH_TIMEOUT_MS = 30 * 60_000;

/** Resolves when the guest may be stopped for the rest; see RunningVm.beginSave. */
export async function beginLiveSave(context: StateContext, tag: string, options: SaveOptions): Promise<LiveSave> {
  const { qmp, spec } = context;
  if (!isValidSnapshotTag(tag)) throw new EngineError('COMMAND_FAILED', `not a snapshot tag: ${JSON.stringify(tag)}`);
  throwIfCancelled(options.signal);
  if (!(await qmp.execute('query-status', {})).running) throw new EngineError('COMMAND_FAILED', 'the guest is paused');
  const drives = (await queryDrives(qmp)).filter(({ format }) => format === 'qcow2');
  const taken = drives.find(({ snapshots }) => snapshots.some((snapshot) => snapshot.tag === tag));
  if (taken) throw new EngineError('COMMAND_FAILED', `${taken.name} has a snapshot ${tag} already`);
  const neededBytes = await context.estimateBytes();
  await refuseWithoutSpace(neededBytes, options.ramFile);
  const file = await makeStreamFile(context, options.ramFile);
  let receiver: RamReceiver | null = null;
  try {
    receiver = await RamReceiver.open(spec, file);
    const save = new RunningSave(context, tag, options, { drives, file, receiver });
    await save.begin();
    return save;
  } catch (error) {
    receiver?.close();
    await file.close();
    await removeRamFile(options.ramFile);
    throw error;
  }
}

/** Ends a copy that an agent which was killed has left running; its reader is gone, or goes with it. */
export async function endLeftSave(qmp: QmpClient): Promise<void> {
  if (isUnderWay((await qmp.execute('query-migrate', {})).status)) await cancelMigration(qmp);
}

interface SaveParts {
  drives: readonly DriveNode[];
  file: FileHandle;
  receiver: RamReceiver;
}

class RunningSave implements LiveSave {
  readonly #context: StateContext;
  readonly #tag: string;
  readonly #options: SaveOptions;
  readonly #parts: SaveParts;
  #isOver = false;

  constructor(context: StateContext, tag: string, options: SaveOptions, parts: SaveParts) {
    this.#context = context;
    this.#tag = tag;
    this.#options = options;
    this.#parts = parts;
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
    await qmp.execute('migrate-set-parameters', {
      'max-bandwidth': BANDWIDTH_BYTES_PER_S,
      'downtime-limit': NEARLY_NOTHING_MS,
    });
    await qmp.execute('migrate', { uri: `unix:${await placeForQemu(spec, this.#parts.receiver.socketPath)}` });
    try {
      await this.#untilLittleIsLeft();
      this.#parts.receiver.hold();
    } catch (error) {
      await cancelMigration(qmp);
      throw await this.#explained(error);
    }
  }

  async finish(): Promise<void> {
    const { qmp } = this.#context;
    const { receiver, file, drives } = this.#parts;
    try {
      const stopped = statusOf(qmp, 'pre-switchover');
      const completed = statusOf(qmp, 'completed');
      await qmp.execute('migrate-set-parameters', { 'downtime-limit': ALL_OF_IT_MS });
      receiver.goOn();
      if ((await qmp.execute('query-migrate', {})).status !== 'pre-switchover') await stopped;
      if (drives.length > 0)
        await qmp.execute('transaction', { actions: drives.map(({ name }) => innerSnapshot(name, this.#tag)) });
      await qmp.execute('migrate-continue', { state: 'pre-switchover' });
      await completed;
      await receiver.done;
    } catch (error) {
      const explained = await this.#explained(error);
      await this.cancel();
      throw explained;
    }
    this.#isOver = true;
    await file.close();
    const bytes = await this.#context.estimateBytes();
    this.#options.onProgress?.(bytes, bytes);
  }

  async cancel(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    const { qmp } = this.#context;
    const { receiver, file } = this.#parts;
    receiver.close();
    await file.close();
    await removeRamFile(this.#options.ramFile);
    try {
      await cancelMigration(qmp);
      await deleteState(this.#context, this.#tag);
    } catch (error) {
      if (!(error instanceof EngineError && error.code === 'VM_GONE')) throw error;
    }
  }

  async #untilLittleIsLeft(): Promise<void> {
    const { qmp } = this.#context;
    const { signal, onProgress } = this.#options;
    let passes = 0;
    let leftBefore = Number.POSITIVE_INFINITY;
    for (;;) {
      throwIfCancelled(signal);
      const { status, ram, 'error-desc': why } = await qmp.execute('query-migrate', {});
      if (status === 'pre-switchover') return;
      if (status === 'failed' || status === 'cancelled')
        throw new EngineError('COMMAND_FAILED', `QEMU's migration failed: ${why ?? status}`);
      if (ram && status === 'active') {
        if (passes === 0) onProgress?.(ram.total - ram.remaining, ram.total);
        const isNewPass = ram['dirty-sync-count'] > Math.max(passes, 1);
        if (isNewPass) {
          passes = ram['dirty-sync-count'];
          if (ram.remaining <= LITTLE_BYTES || passes >= MOST_PASSES || ram.remaining > leftBefore * WORTH_ANOTHER)
            return;
          leftBefore = ram.remaining;
        }
      }
      await delay(LOOK_MS);
    }
  }

  async #explained(error: unknown): Promise<unknown> {
    if (error instanceof EngineError && (error.code === 'VM_GONE' || error.code === 'CANCELLED')) return error;
    if (!(await isDiskFullNow(this.#options.ramFile))) return error;
    return new EngineError('DISK_FULL', `the disk became full while the state ${this.#tag} was saved`, {
      cause: error,
    });
  }
}

async function makeStreamFile({ spec }: StateContext, ramFile: string): Promise<FileHandle> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
  const file = await openPlainFile(ramFile, flags, 0o600).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
    throw new EngineError('COMMAND_FAILED', `there is a saved state already: ${ramFile}`, { cause: error });
  });
  if (spec.confinement) await file.chown(spec.confinement.uid, spec.confinement.gid);
  return file;
}

function innerSnapshot(device: string, name: string) {
  return { type: 'blockdev-snapshot-internal-sync', data: { device, name } } as const;
}

/** COMMAND_FAILED when the migration fails instead. To be called before what leads there. */
function statusOf(qmp: QmpClient, wanted: 'pre-switchover' | 'completed'): Promise<void> {
  const ends = [wanted, 'failed', 'cancelled'];
  const reached = qmp
    .waitFor('MIGRATION', ({ status }) => ends.includes(status), { timeoutMs: FINISH_TIMEOUT_MS })
    .then(({ status }) => {
      if (status !== wanted) throw new EngineError('COMMAND_FAILED', `QEMU's migration ended as ${status}`);
    });
  reached.catch(() => {});
  return reached;
}

/** Resolves when it has ended; the guest, if QEMU itself had stopped it, runs again. */
async function cancelMigration(qmp: QmpClient): Promise<void> {
  await qmp.execute('migrate_cancel', {});
  while (isUnderWay((await qmp.execute('query-migrate', {})).status)) await delay(LOOK_MS);
}

function isUnderWay(status: QueryMigrateResult['status']): boolean {
  return status !== undefined && !['none', 'completed', 'failed', 'cancelled'].includes(status);
}

function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new EngineError('CANCELLED', 'saving was cancelled', { cause: signal.reason });
}
