// Snapshots of one VM, whatever stores its disks: RAM and devices of a running one in a separate file in the VM's folder, its
// disks inside the qcow2 by the engine, or beside it by the storage (decisions 0020 and 0065). Operations apply it to a VM or a
// whole ENV.
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { EngineError } from '../engines/errors.ts';
import type {
  Engine,
  HeldGuest,
  LiveSave,
  LiveSaveOptions,
  NamedDisk,
  ProcessIdentity,
  RamFormat,
  RunningVm,
  SaveOptions,
  StateSource,
  VmSpec,
} from '../engines/interface.ts';
import { copyPlain, openPlainOrShared, pathOf } from '../host/plain-file.ts';
import { sealedCopy } from '../host/sealed-copy.ts';
import { isSharedFile } from '../host/shared-file.ts';
import type { SealedMemory } from '../state/vm-record.ts';
import type { Storage } from '../storage/interface.ts';
import {
  anyRamFileOf,
  findRamFile,
  flushRamFile,
  needsDiskSnapshot,
  type RamFile,
  ramFileOf,
  ramFilesOf,
  removeRamFiles,
  removeRamParts,
  shareRamFile,
  tagsOfRamFiles,
} from './ram-files.ts';

const MIB = 1024 * 1024;
/** Tables of the RAM file, video memory, and the disk clusters that a save copies. */
const OVERHEAD_MIB = 32;

/** A process that was killed is gone in much less. */
const ENDED_WITHIN_MS = 10_000;

type SavingOptions = Omit<SaveOptions, 'ramFile'>;
type LiveSavingOptions = Omit<LiveSaveOptions, 'ramFile'>;

export interface SavedState {
  /** False if the VM was not running: only its disks were saved. */
  hasRam: boolean;
  vmStateBytes: number;
}

/** As {@link LiveSave}, of RAM and all disks. */
export interface VmLiveSave extends Omit<LiveSave, 'finish' | 'hold'> {
  finish(): Promise<SavedState>;
  hold(): Promise<VmHeld | null>;
}

/** As {@link HeldGuest}. */
export interface VmHeld extends Omit<HeldGuest, 'finish'> {
  finish(options?: Omit<SavingOptions, 'ramFile'>): Promise<SavedState>;
}

export interface CloneOptions {
  signal: AbortSignal;
  /** The engine can start VMs from one flat file that they may only read (`Engine.sharesMemory`). */
  sharesMemory: boolean;
  /** Only its disks: who wakes it has its RAM from elsewhere ({@link VmSnapshots.sealRam}). Default false. */
  withoutRam?: boolean;
}

/** See {@link VmSnapshots.sealRam}. */
export interface SealedRam {
  memory: SealedMemory;
  /** To start VMs in it, until it is closed. */
  source: StateSource;
  close(): Promise<void>;
}

export class VmSnapshots {
  readonly #storage: Storage;
  /** RAM files that are being given to more VMs: when the last one of them is. */
  readonly #sharing = new Map<string, Promise<void>>();

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /**
   * Bytes that giving the RAM of a snapshot to more VMs may write at most: for each of them, and once for all of them
   * ({@link clone} has `sharesMemory`). Where there are no links it is copied for each all the same. A copy that shares its blocks
   * takes nothing: RAM files are read to wake a VM, and never written.
   */
  async copiedRam(
    { vmId, tag, memoryMiB }: { vmId: string; tag: string; memoryMiB: number },
    sharesMemory: boolean,
  ): Promise<{ eachBytes: number; onceBytes: number }> {
    const source = await findRamFile(this.#folder(vmId), tag);
    const bytes = source && !this.#storage.copiesShareBlocks ? this.neededBytes(memoryMiB) : 0;
    if (!source || !sharesMemory || source.format !== 'flat') return { eachBytes: bytes, onceBytes: 0 };
    return { eachBytes: 0, onceBytes: (await isSharedFile(source.path)) ? 0 : bytes };
  }

  /** Free bytes a save of a running VM with this much memory may need at most. */
  neededBytes(memoryMiB: number): number {
    return (memoryMiB + OVERHEAD_MIB) * MIB;
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
    return this.#saved(vmId, tag);
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
      return {
        cancel: () => live.cancel(),
        finish: () => this.#finish(vmId, tag, running, live),
        hold: () => this.#hold(vmId, tag, live),
      };
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
    return this.#held(spec.id, tag, held ?? { finish, close: async () => {} });
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
   * The RAM is not flushed: it is read once, to wake the copy, and a power failure before that leaves no copy. With `sharesMemory` it
   * is the same file for all, where the file system has links.
   */
  async clone(fromVmId: string, tag: string, toVmId: string, options: CloneOptions): Promise<void> {
    const { signal, withoutRam = false } = options;
    const format = await this.ramFormat(fromVmId, tag);
    await this.#storage.cloneSnapshot(fromVmId, tag, toVmId, { signal, withSnapshot: needsDiskSnapshot(format) });
    try {
      signal.throwIfAborted();
      if (!withoutRam) await this.cloneRam(fromVmId, tag, toVmId, options);
    } catch (error) {
      await this.#storage.destroyImage(toVmId);
      throw error;
    }
  }

  /** The part of {@link clone} that it leaves out when told so. */
  async cloneRam(
    fromVmId: string,
    tag: string,
    toVmId: string,
    options: Omit<CloneOptions, 'withoutRam'>,
  ): Promise<void> {
    const { signal, sharesMemory } = options;
    const source = await findRamFile(this.#folder(fromVmId), tag);
    if (!source) return;
    const target = ramFileOf(this.#folder(toVmId), tag, source.format);
    const isShared = sharesMemory && source.format === 'flat';
    if (isShared && (await this.#share(source.path, target, signal))) return;
    await copyPlain(source.path, target, signal);
  }

  /** What {@link sealRam} would take of the host's memory; null: its RAM is not in a file that VMs can map. */
  async sealableBytes(vmId: string, tag: string): Promise<number | null> {
    const source = await findRamFile(this.#folder(vmId), tag);
    return source?.format === 'flat' ? source.bytes : null;
  }

  /**
   * The RAM of a saved state, sealed in the host's memory: VMs of any user begin in it together, none can change it, and it is there until
   * the process of the last one ends. Rejects as `sealedCopy`.
   */
  async sealRam(vmId: string, tag: string, signal: AbortSignal): Promise<SealedRam> {
    const ramFile = ramFileOf(this.#folder(vmId), tag, 'flat');
    await using from = await openPlainOrShared(ramFile);
    const file = await sealedCopy(from, signal);
    const { blocks } = await file.stat();
    return {
      memory: { id: randomUUID(), memoryMiB: Math.ceil((blocks * 512) / MIB) },
      source: { tag, ramFile: pathOf(file), format: 'flat', sealedFd: file.fd },
      close: () => file.close(),
    };
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

  /** The guest is paused: what is left of its RAM, and the disks that the storage saves, at the same time. */
  async #finish(vmId: string, tag: string, running: RunningVm, live: LiveSave): Promise<SavedState> {
    const isByStorage = this.#storage.snapshotsBy === 'storage';
    const [ram, disks] = await Promise.allSettled([
      live.finish(),
      isByStorage ? this.#storage.createSnapshot(vmId, tag) : Promise.resolve(),
    ]);
    if (ram.status === 'fulfilled' && disks.status === 'fulfilled') return this.#saved(vmId, tag);
    if (ram.status === 'fulfilled') {
      await running.deleteState(tag);
      await removeRamFiles(this.#folder(vmId), tag);
    }
    if (isByStorage && disks.status === 'fulfilled') await this.#storage.destroySnapshot(vmId, tag);
    throw [ram, disks].find((part) => part.status === 'rejected')?.reason;
  }

  /** All but its memory: the disks, by the engine or the storage, and the devices. */
  async #hold(vmId: string, tag: string, live: LiveSave): Promise<VmHeld | null> {
    const held = await live.hold();
    if (!held) return null;
    try {
      if (this.#storage.snapshotsBy === 'storage') await this.#storage.createSnapshot(vmId, tag);
    } catch (error) {
      await live.cancel();
      throw error;
    }
    return this.#held(vmId, tag, held);
  }

  #held(vmId: string, tag: string, held: HeldGuest): VmHeld {
    return {
      close: () => held.close(),
      finish: async (options) => {
        await held.finish(options);
        return this.#saved(vmId, tag);
      },
    };
  }

  /** One after the other, as the first makes the file what all can read. */
  async #share(source: string, target: string, signal: AbortSignal): Promise<boolean> {
    const before = this.#sharing.get(source) ?? Promise.resolve();
    const sharing = before.then(() => shareRamFile(source, target, signal));
    const settled = sharing.then(
      () => {},
      () => {},
    );
    this.#sharing.set(source, settled);
    try {
      return await sharing;
    } finally {
      if (this.#sharing.get(source) === settled) this.#sharing.delete(source);
    }
  }

  async #saved(vmId: string, tag: string): Promise<SavedState> {
    const ram = await findRamFile(this.#folder(vmId), tag);
    return { hasRam: true, vmStateBytes: ram?.bytes ?? 0 };
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
