// Saves a guest while it runs (decision 0065): its memory is copied by a migration into a flat file; then the guest is paused, for
// what it changed meanwhile. One that is paused already is copied in one go. Used by `running-qemu.ts`.
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { EngineError } from '../errors.ts';
import type { HeldGuest, LiveSave, LiveSaveOptions } from '../interface.ts';
import type { DriveNode } from './drives.ts';
import { canHold, HeldQemu, saveDevices } from './held-guest.ts';
import {
  cancelMigration,
  failureOf,
  isUnderWay,
  migrationReaches,
  mustBePaused,
  setLimits,
  waitBeforeEnd,
  whileShown,
} from './migration.ts';
import type { QmpClient } from './qmp-client.ts';
import { FlatWriter, memoryBytesOf } from './ram/flat-file.ts';
import { RamReceiver } from './ram/receiver.ts';
import { removeRamFile } from './ram-file.ts';
import { placeForQemu } from './real-paths.ts';
import {
  deleteState,
  drivesToSave,
  explainSaveFailure,
  refuseWithoutSpace,
  type StateContext,
} from './saved-states.ts';

const MIB = 1024 * 1024;
/** While a guest is paused. */
const LOOK_PAUSED_MS = 1;
/**
 * Where the copy waits for the guest to be paused: with so much left that QEMU does not get to its end unasked, which is what fits
 * into the buffer of its socket and some more, and so little that it is soon copied.
 */
const HOLD_AT_BYTES = MIB;
const HOLD_AT_BUFFERS = 4;
const HOLD_AT_PART = 0.4;
/** What a socket holds of what is written to it (socket(7)), in bytes. */
const BUFFER_SETTING = '/proc/sys/net/core/wmem_default';
/**
 * For a guest that is paused: what it changed is copied, too, before QEMU is at its end, where it does nothing else. More would leave
 * the copying to that end; nothing at all would as well, as QEMU then does not ask what was changed.
 */
const LITTLE_MS = 1;

/** Resolves when its copy waits for the guest to be paused; see RunningVm.beginSave. */
export async function beginLiveSave(
  context: StateContext,
  tag: string,
  options: LiveSaveOptions,
): Promise<RunningSave> {
  const { isPaused = false } = options;
  const [drives] = await Promise.all([drivesToSave(context, tag, options), mustBePaused(context.qmp, isPaused)]);
  await refuseWithoutSpace(await context.estimateBytes(), options.ramFile);
  const writer = await FlatWriter.create(context.spec, options.ramFile);
  const save = new RunningSave(context, tag, options, { drives, writer });
  try {
    await save.begin();
    return save;
  } catch (error) {
    const explained = await explainSaveFailure(context, tag, options.ramFile, error);
    await save.cancel();
    throw explained;
  }
}

/** Ends a copy that an agent which was killed has left running; its reader is gone with it. */
export async function endLeftSave(qmp: QmpClient): Promise<void> {
  if (isUnderWay((await qmp.execute('query-migrate', {})).status)) await cancelMigration(qmp);
}

interface Copying {
  receiver: RamReceiver;
  /** Resolves when all is copied but the last part, and the guest is paused; rejects when the migration ends otherwise. */
  stopped: Promise<void>;
}

interface PreparedCopy extends Copying {
  /** Where QEMU sends it. */
  uri: string;
}

interface SaveParts {
  drives: readonly DriveNode[];
  writer: FlatWriter;
}

export class RunningSave implements LiveSave {
  /** Resolves after `finish` or `cancel`. */
  readonly over: Promise<void>;
  readonly #context: StateContext;
  readonly #tag: string;
  readonly #options: LiveSaveOptions;
  readonly #parts: SaveParts;
  readonly #over = Promise.withResolvers<void>();
  /** Ends what still waits for QEMU when nobody needs it any more. */
  readonly #waits = new AbortController();
  /** Null while nothing is copied: then `finish` copies all. */
  #copying: Copying | null = null;
  /** Its memory alone is not saved. */
  #held: HeldQemu | null = null;
  #isOver = false;

  constructor(context: StateContext, tag: string, options: LiveSaveOptions, parts: SaveParts) {
    this.#context = context;
    this.#tag = tag;
    this.#options = options;
    this.#parts = parts;
    this.over = this.#over.promise;
  }

  /**
   * Copies the guest's memory once, up to a little. Dirty pages are only asked for while it is paused: at the start
   * here, and by `finish`. Emulated ones (TCG) may have looked up a page as dirty just before its mark is cleared, and what they
   * write to it afterwards would be missing (QEMU 7.2, tlb_set_page against tlb_reset_dirty; seen in one save of ten).
   */
  async begin(): Promise<void> {
    const { qmp, spec } = this.#context;
    await waitBeforeEnd(qmp);
    if (this.#options.isPaused) return;
    const { stopped, receiver } = await this.#copyPaused(memoryBytesOf(spec));
    const isEarly = await this.#whileShown(
      Promise.race([receiver.held.then(() => false), stopped.then(() => true), failureOf(receiver)]),
    );
    if (!isEarly) return;
    // Done before it could be held: what it has is little, and is copied while it is paused.
    await this.#drop(receiver);
    await cancelMigration(qmp);
    await this.#parts.writer.startOver();
  }

  async finish(): Promise<void> {
    const { qmp } = this.#context;
    const { drives, writer } = this.#parts;
    try {
      const completed = this.#status('completed');
      const paused = mustBePaused(qmp, true);
      // It is waited for below, with the others.
      paused.catch(() => {});
      const { receiver, stopped } = this.#copying ?? (await this.#copyAll());
      const copied = Promise.race([stopped, failureOf(receiver)]);
      // The disks do not change any more: they are saved while the rest of the memory is sent. Nothing waits for an answer before that:
      // QEMU does one thing after the other, and all guests of an ENV wait for each.
      await this.#whileShown(Promise.all([paused, this.#goOn(receiver), this.#saveDrives(drives), copied]));
      await qmp.execute('migrate-continue', { state: 'pre-switchover' });
      await Promise.race([completed, failureOf(receiver)]);
      await receiver.done;
      await this.#untilNoted();
    } catch (error) {
      const explained = await explainSaveFailure(this.#context, this.#tag, this.#options.ramFile, error);
      await this.cancel();
      throw explained;
    }
    this.#end();
    await writer.close();
    const bytes = memoryBytesOf(this.#context.spec);
    this.#options.onProgress?.(bytes, bytes);
  }

  /** After `hold`, as long as it is so. */
  get held(): HeldQemu | null {
    return this.#isOver ? null : this.#held;
  }

  /** See {@link LiveSave.hold}. */
  async hold(): Promise<HeldGuest | null> {
    const { qmp } = this.#context;
    const { drives, writer } = this.#parts;
    if (this.#copying || !(await canHold(qmp, this.#context.spec))) return null;
    try {
      await mustBePaused(qmp, true);
      await this.#whileShown(this.#saveDrives(drives));
      this.#held = new HeldQemu(this.#context, this.#tag, { ramFile: this.#options.ramFile, writer });
      await saveDevices(this.#context);
    } catch (error) {
      const explained = await explainSaveFailure(this.#context, this.#tag, this.#options.ramFile, error);
      await this.cancel();
      throw explained;
    }
    void this.#held.over.then(() => this.#end());
    return this.#held;
  }

  /**
   * QEMU tells of the end before it notes it (migration_completion against migration_iteration_finish): a guest that goes on in between
   * is noted as stopped after all, and runs no more.
   */
  async #untilNoted(): Promise<void> {
    while ((await this.#context.qmp.execute('query-status', {})).status === 'finish-migrate')
      await delay(LOOK_PAUSED_MS);
  }

  async cancel(): Promise<void> {
    if (this.#isOver) return;
    try {
      if (this.#copying) await this.#drop(this.#copying.receiver);
      await this.#held?.takeBack();
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

  /** Inside the qcow2 drives; before QEMU lets go of them at the end. */
  async #saveDrives(drives: readonly DriveNode[]): Promise<void> {
    if (drives.length === 0) return;
    const actions = drives.map(({ name }) => innerSnapshot(name, this.#tag));
    await this.#context.qmp.execute('transaction', { actions });
  }

  /** The guest is paused only until QEMU knows what it changes; it goes on also if that fails. */
  async #copyPaused(memoryBytes: number): Promise<Copying> {
    const { qmp } = this.#context;
    const leftBytes = Math.max(HOLD_AT_BYTES, HOLD_AT_BUFFERS * Number(await readFile(BUFFER_SETTING, 'utf8')));
    const prepared = await this.#prepare(Math.min(leftBytes, memoryBytes * HOLD_AT_PART));
    await qmp.execute('stop', {});
    try {
      return await this.#copy(prepared);
    } finally {
      await qmp.execute('cont', {});
    }
  }

  /** Of a guest that is paused: begins to copy all of it. */
  async #copyAll(): Promise<Copying> {
    const { uri, ...copying } = await this.#prepare(-1);
    await this.#context.qmp.execute('migrate', { uri });
    return copying;
  }

  /** With the guest paused: QEMU copies what is left. */
  async #goOn(receiver: RamReceiver): Promise<void> {
    const asked = this.#context.qmp.execute('migrate-set-parameters', { 'downtime-limit': LITTLE_MS });
    receiver.goOn();
    await asked;
  }

  /** All that can be done before a guest has to be paused. */
  async #prepare(holdAtBytes: number): Promise<PreparedCopy> {
    const { qmp, spec } = this.#context;
    const receiver = await RamReceiver.open(spec, this.#parts.writer, holdAtBytes);
    this.#copying = { receiver, stopped: this.#status('pre-switchover') };
    await setLimits(qmp);
    return { ...this.#copying, uri: `unix:${await placeForQemu(spec, receiver.socketPath)}` };
  }

  /** Starts to copy, with the guest paused. */
  async #copy({ uri, ...copying }: PreparedCopy): Promise<Copying> {
    const { qmp } = this.#context;
    await qmp.execute('migrate', { uri });
    for (;;) {
      const { status, ram, 'error-desc': why } = await qmp.execute('query-migrate', {});
      if (status === 'failed' || status === 'cancelled')
        throw new EngineError('COMMAND_FAILED', `QEMU's migration failed: ${why ?? status}`);
      // From here on it knows what the guest changes.
      if (status === 'pre-switchover' || (status === 'active' && ram && ram['dirty-sync-count'] > 0)) break;
      await delay(LOOK_PAUSED_MS);
    }
    return copying;
  }

  async #drop(receiver: RamReceiver): Promise<void> {
    this.#copying = null;
    receiver.close();
    await receiver.done.catch(() => {});
  }

  #end(): void {
    this.#isOver = true;
    this.#waits.abort();
    this.#over.resolve();
  }

  /** Rejects with CANCELLED if that is wanted meanwhile. */
  #whileShown<Result>(work: Promise<Result>): Promise<Result> {
    const totalBytes = memoryBytesOf(this.#context.spec);
    return whileShown(work, this.#options, () => this.#copying?.receiver.copiedBytes ?? 0, totalBytes);
  }

  #status(wanted: 'pre-switchover' | 'completed'): Promise<void> {
    return migrationReaches(this.#context.qmp, wanted, this.#waits.signal);
  }
}

function innerSnapshot(device: string, name: string) {
  return { type: 'blockdev-snapshot-internal-sync', data: { device, name } } as const;
}
