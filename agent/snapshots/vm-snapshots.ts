// Snapshots of one VM, whatever stores its disks: RAM and devices of a running one in a separate file in the VM's folder, its
// disks inside the qcow2 by the engine, or beside it by the storage (decisions 0020 and 0065). Operations apply it to a VM or a
// whole ENV. What runs on while it is saved is `vm-live-save.ts`; what copies of a VM get of its RAM, `ram-of-copies.ts`.
import { setTimeout as delay } from 'node:timers/promises';
import { EngineError } from '../engines/errors.ts';
import type {
  Engine,
  LiveSaveOptions,
  NamedDisk,
  ProcessIdentity,
  RamFormat,
  RunningVm,
  SaveOptions,
  StateSource,
  VmSpec,
} from '../engines/interface.ts';
import type { Storage } from '../storage/interface.ts';
import {
  anyRamFileOf,
  findRamFile,
  flushRamFile,
  mostRamBytes,
  needsDiskSnapshot,
  type RamFile,
  ramFileOf,
  ramFilesOf,
  removeRamFiles,
  removeRamParts,
  tagsOfRamFiles,
} from './ram-files.ts';
import { type CopyRamOptions, RamOfCopies } from './ram-of-copies.ts';
import { type SavedState, savedWithRam, type VmHeld, vmHeld, VmLiveSave } from './vm-live-save.ts';

/** A process that was killed is gone in much less. */
const ENDED_WITHIN_MS = 10_000;

type SavingOptions = Omit<SaveOptions, 'ramFile'>;
type LiveSavingOptions = Omit<LiveSaveOptions, 'ramFile'>;

export interface CloneOptions extends CopyRamOptions {
  /** Only its disks: who wakes it has its RAM from elsewhere ({@link RamOfCopies.seal}). Default false. */
  withoutRam?: boolean;
}

export class VmSnapshots {
  /** For copies that get it by another way, or later, than by {@link clone}. */
  readonly ramOfCopies: RamOfCopies;
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
    this.ramOfCopies = new RamOfCopies(storage);
  }

  /** Free bytes a save of a running VM with this much memory may need at most. */
  neededBytes(memoryMiB: number): number {
    return mostRamBytes(memoryMiB);
  }

  /**
   * Saves a VM that is stopped (`running` is null) or paused; one that runs is paused for all of it. After a failure nothing of
   * `tag` is left. RAM only survives a power failure after {@link flush}, which the guest need not wait for.
   */
  async save(vmId: string, tag: string, running: RunningVm | null, options: SavingOptions): Promise<SavedState> {
    if (!running) {
      await this.#storage.createSnapshot(vmId, tag);
      return { hasRam: false, vmStateBytes: 0 };
    }
    const ramFile = ramFileOf(this.#folder(vmId), tag, 'qcow2');
    // RAM and disks must be of one moment.
    const wasPaused = await running.isPaused();
    if (!wasPaused) await running.pause();
    try {
      await running.saveState(tag, { ...options, ramFile });
      if (this.#storage.snapshotsBy === 'storage') await this.#addDisks(vmId, tag);
    } finally {
      if (!wasPaused) await running.resume();
    }
    return savedWithRam(this.#folder(vmId), tag);
  }

  /**
   * Begins to save a guest that runs on meanwhile; null: it is paused, which is for {@link save}, unless the caller has paused it
   * (`isPaused`). After a failure nothing is left.
   */
  async beginSave(
    vmId: string,
    tag: string,
    running: RunningVm,
    options: LiveSavingOptions,
  ): Promise<VmLiveSave | null> {
    const { isPaused = false } = options;
    if (!isPaused && (await running.isPaused())) return null;
    const ramFile = ramFileOf(this.#folder(vmId), tag, 'flat');
    try {
      const live = await running.beginSave(tag, { ...options, ramFile });
      return new VmLiveSave(this.#storage, vmId, tag, { running, live });
    } catch (error) {
      // Its engine has paused it just now, e.g. because the disk is full.
      const isRefused = !isPaused && error instanceof EngineError && error.code === 'COMMAND_FAILED';
      if (isRefused && (await running.isPaused().catch(() => false))) return null;
      throw error;
    }
  }

  /**
   * One whose memory was not known to be saved when the agent was killed; see `Engine.adoptHeld`. Where its process is gone, `finish` rejects
   * unless all of its memory is there.
   */
  async adoptHeld(engine: Engine, spec: VmSpec, process: ProcessIdentity, tag: string): Promise<VmHeld> {
    const ramFile = ramFileOf(this.#folder(spec.id), tag, 'flat');
    const held = await engine.adoptHeld(spec, process, { tag, ramFile });
    const finish = () => engine.checkRamFile(ramFile, 'flat', spec.memoryMiB);
    return vmHeld(held ?? { finish, close: async () => {} }, this.#folder(spec.id), tag);
  }

  /** The paths at which the RAM of a save is or will be. */
  ramFilesOf(vmId: string, tag: string): string[] {
    return ramFilesOf(this.#folder(vmId), tag);
  }

  /** Waits until the RAM of a save is on the platter. To be called before the snapshot is written down. */
  async flush(vmId: string, tag: string): Promise<void> {
    await flushRamFile((await this.#ramFile(vmId, tag)).path);
  }

  /** How its RAM is kept, which decides how it is loaded; null: it has none in a file. */
  async ramFormat(vmId: string, tag: string): Promise<RamFormat | null> {
    return (await findRamFile(this.#folder(vmId), tag))?.format ?? null;
  }

  /** Puts RAM and disks of a running VM back; not for `flat`, which only a new process can load. It must have the disks it had then. */
  async loadRunning(vmId: string, tag: string, running: RunningVm): Promise<void> {
    const ramFile = ramFileOf(this.#folder(vmId), tag, 'qcow2');
    if (this.#storage.snapshotsBy === 'engine') return running.loadState(tag, { ramFile });
    const wasPaused = await running.isPaused();
    if (!wasPaused) await running.pause();
    await this.#storage.revertSnapshot(vmId, tag);
    await running.loadState(tag, { ramFile, drives: await this.#disks(vmId) });
    // Not when it failed: the guest must not run on with the disk of one moment and the memory of another.
    if (!wasPaused) await running.resume();
  }

  /**
   * Prepares the disks, which no process has open, and returns what the VM's new process must be started with to resume in the saved
   * state. `isFresh`: it is a copy of that state which has never run ({@link clone}), so its disks are those of the state.
   */
  async loadInto(vmId: string, tag: string, { isFresh = false }: { isFresh?: boolean } = {}): Promise<StateSource> {
    const { path: ramFile, format } = await this.#ramFile(vmId, tag);
    // Together with the RAM of the other format the engine reverts qcow2 disks.
    const isByStorage = format === 'flat' || this.#storage.snapshotsBy === 'storage';
    if (isByStorage && !isFresh) await this.#storage.revertSnapshot(vmId, tag);
    return { tag, ramFile, format };
  }

  /** Puts the disks of a stopped VM back. */
  loadStopped(vmId: string, tag: string): Promise<void> {
    return this.#storage.revertSnapshot(vmId, tag);
  }

  /** Forgets a saved state. Idempotent. */
  async delete(vmId: string, tag: string, running: RunningVm | null): Promise<void> {
    const folder = this.#folder(vmId);
    // Before anything is deleted: that it is a tag.
    ramFilesOf(folder, tag);
    // Inside a qcow2 that an engine has open nobody else may write.
    const isInEngine = running !== null && (await deletedBy(running, tag));
    if (!isInEngine || this.#storage.snapshotsBy === 'storage') await this.#storage.destroySnapshot(vmId, tag);
    await removeRamFiles(folder, tag);
  }

  /**
   * Makes a new VM of a snapshot: its disks as they were, and its RAM, if it has some, under the same tag. All or nothing. Disks with
   * RAM that the engine loads together with them have the snapshot too; others need none, as nobody reverts a copy that has not run.
   * A power failure before it is awake leaves no copy.
   */
  async clone(fromVmId: string, tag: string, toVmId: string, options: CloneOptions): Promise<void> {
    const { signal, sharesMemory, withoutRam = false } = options;
    const ram = await findRamFile(this.#folder(fromVmId), tag);
    const withSnapshot = needsDiskSnapshot(ram?.format ?? null);
    const alongside = async (folder: string, stopping: AbortSignal) => {
      stopping.throwIfAborted();
      if (ram && !withoutRam) await this.ramOfCopies.cloneFile(ram, tag, folder, { signal: stopping, sharesMemory });
    };
    await this.#storage.cloneSnapshot(fromVmId, tag, toVmId, { signal, withSnapshot, alongside });
  }

  /** Forgets the state that a copy was made in ({@link clone}), once it is awake or needs none. Idempotent. */
  async forgetCopied(vmId: string, tag: string, running: RunningVm | null): Promise<void> {
    const format = await this.ramFormat(vmId, tag);
    if (needsDiskSnapshot(format)) await this.delete(vmId, tag, running);
    else await this.forgetRam(vmId, tag);
  }

  /** Removes the RAM of a saved state; its disks stay. Idempotent. */
  forgetRam(vmId: string, tag: string): Promise<void> {
    return removeRamFiles(this.#folder(vmId), tag);
  }

  /** What deleting it would free on the host, as near as the storage can tell. */
  async bytes(vmId: string, tag: string): Promise<number> {
    const ram = await findRamFile(this.#folder(vmId), tag);
    return (ram?.bytes ?? 0) + (await this.#storage.snapshotBytes(vmId, tag));
  }

  /** Path of the missing RAM file; null if it exists. */
  async missingRamFile(vmId: string, tag: string): Promise<string | null> {
    const folder = this.#folder(vmId);
    return (await findRamFile(folder, tag)) === null ? anyRamFileOf(folder, tag) : null;
  }

  /** Tags of all saved states of a VM, including incomplete ones left by a killed agent. */
  async tags(vmId: string): Promise<string[]> {
    const inDisks = (await this.#storage.listSnapshots(vmId)).map(({ tag }) => tag);
    return [...new Set([...inDisks, ...(await tagsOfRamFiles(this.#folder(vmId)))])].sort();
  }

  /** Removes copies of RAM files that a killed agent left half made. The caller has locked the ENV. */
  removeParts(vmId: string): Promise<void> {
    return removeRamParts(this.#folder(vmId));
  }

  async #addDisks(vmId: string, tag: string): Promise<void> {
    try {
      await this.#storage.createSnapshot(vmId, tag);
    } catch (error) {
      await removeRamFiles(this.#folder(vmId), tag);
      throw error;
    }
  }

  /** One without a file is of an older TT, which kept RAM inside the disk; the engine says if it is not there. */
  async #ramFile(vmId: string, tag: string): Promise<Pick<RamFile, 'path' | 'format'>> {
    const folder = this.#folder(vmId);
    return (await findRamFile(folder, tag)) ?? { path: ramFileOf(folder, tag, 'qcow2'), format: 'qcow2' };
  }

  #folder(vmId: string): string {
    return this.#storage.folderOf(vmId);
  }

  async #disks(vmId: string): Promise<NamedDisk[]> {
    const names = await this.#storage.disks(vmId);
    return names.map((name) => ({ name, ...this.#storage.diskOf(vmId, name) }));
  }
}

/** False if its process has ended meanwhile: its disks are nobody's any more. */
async function deletedBy(running: RunningVm, tag: string): Promise<boolean> {
  try {
    await running.deleteState(tag);
    return true;
  } catch (error) {
    const isGone = error instanceof EngineError && error.code === 'VM_GONE';
    // A process whose connection alone is closed has its disks still.
    if (isGone && (await endsWithin(running, ENDED_WITHIN_MS))) return false;
    throw error;
  }
}

function endsWithin({ exited }: RunningVm, ms: number): Promise<boolean> {
  return Promise.race([exited.then(() => true), delay(ms, false, { ref: false })]);
}
