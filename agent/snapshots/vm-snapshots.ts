// Snapshots of one VM, whatever stores its disks: RAM and devices of a running one in a separate file in the VM's folder, its
// disks inside the qcow2 by the engine, or beside it by the storage (decision 0020). Operations apply it to a VM or a whole ENV.
import type { NamedDisk, RunningVm, StateSource } from '../engines/interface.ts';
import type { Storage } from '../storage/interface.ts';
import { copyRamFile, flushRamFile, ramFileBytes, ramFileOf, removeRamFile, tagsOfRamFiles } from './ram-files.ts';

const MIB = 1024 * 1024;
/** Tables of the RAM file, video memory, and the disk clusters that a save copies. */
const OVERHEAD_MIB = 32;

export interface SavedState {
  /** False if the VM was not running: only its disks were saved. */
  hasRam: boolean;
  vmStateBytes: number;
}

export class VmSnapshots {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** Free bytes a save of a running VM with this much memory may need at most. */
  neededBytes(memoryMiB: number): number {
    return (memoryMiB + OVERHEAD_MIB) * MIB;
  }

  /**
   * Saves a VM; `running` is null if it is stopped. After a failure nothing of `tag` is left. A paused guest stays paused. RAM
   * only survives a power failure after {@link flush}, which the guest need not wait for.
   */
  async save(
    vmId: string,
    tag: string,
    running: RunningVm | null,
    options: { signal?: AbortSignal; onProgress?: (done: number, total: number) => void },
  ): Promise<SavedState> {
    if (!running) {
      await this.#storage.createSnapshot(vmId, tag);
      return { hasRam: false, vmStateBytes: 0 };
    }
    const ramFile = this.#ramFile(vmId, tag);
    // RAM and disks must be of one moment.
    const wasPaused = await running.isPaused();
    if (!wasPaused) await running.pause();
    try {
      await running.saveState(tag, { ...options, ramFile });
      if (this.#storage.snapshotsBy === 'storage') await this.#addDisks(vmId, tag);
    } finally {
      if (!wasPaused) await running.resume();
    }
    return { hasRam: true, vmStateBytes: (await ramFileBytes(ramFile)) ?? 0 };
  }

  /** Where the RAM of a save is or will be. */
  ramFileOf(vmId: string, tag: string): string {
    return this.#ramFile(vmId, tag);
  }

  /** Waits until the RAM of a save is on the platter. To be called before the snapshot is written down. */
  async flush(vmId: string, tag: string): Promise<void> {
    await flushRamFile(this.#ramFile(vmId, tag));
  }

  /** Puts RAM and disks of a running VM back. It must have the disks it had then. */
  async loadRunning(vmId: string, tag: string, running: RunningVm): Promise<void> {
    const ramFile = this.#ramFile(vmId, tag);
    if (this.#storage.snapshotsBy === 'engine') return running.loadState(tag, { ramFile });
    const wasPaused = await running.isPaused();
    if (!wasPaused) await running.pause();
    await this.#storage.revertSnapshot(vmId, tag);
    await running.loadState(tag, { ramFile, drives: await this.#disks(vmId) });
    // Not when it failed: the guest must not run on with the disk of one moment and the memory of another.
    if (!wasPaused) await running.resume();
  }

  /** Prepares the disks and returns what the VM's new process must be started with to resume in the saved state. */
  async loadInto(vmId: string, tag: string): Promise<StateSource> {
    if (this.#storage.snapshotsBy === 'storage') await this.#storage.revertSnapshot(vmId, tag);
    return { tag, ramFile: this.#ramFile(vmId, tag), format: 'qcow2' };
  }

  /** Puts the disks of a stopped VM back. */
  loadStopped(vmId: string, tag: string): Promise<void> {
    return this.#storage.revertSnapshot(vmId, tag);
  }

  /** Forgets a saved state. Idempotent. */
  async delete(vmId: string, tag: string, running: RunningVm | null): Promise<void> {
    // Inside a qcow2 that an engine has open nobody else may write.
    if (running) await running.deleteState(tag);
    if (!running || this.#storage.snapshotsBy === 'storage') await this.#storage.destroySnapshot(vmId, tag);
    await removeRamFile(this.#ramFile(vmId, tag));
  }

  /** Makes a new VM of a snapshot: its disks as they were, and the same snapshot, RAM included. All or nothing. */
  async clone(fromVmId: string, tag: string, toVmId: string, options: { signal?: AbortSignal } = {}): Promise<void> {
    await this.#storage.cloneSnapshot(fromVmId, tag, toVmId, options);
    try {
      const source = this.#ramFile(fromVmId, tag);
      options.signal?.throwIfAborted();
      if ((await ramFileBytes(source)) !== null) await copyRamFile(source, this.#ramFile(toVmId, tag));
    } catch (error) {
      await this.#storage.destroyImage(toVmId);
      throw error;
    }
  }

  /** What deleting it would free on the host, as near as the storage can tell. */
  async bytes(vmId: string, tag: string): Promise<number> {
    const ofRam = await ramFileBytes(this.#ramFile(vmId, tag));
    return (ofRam ?? 0) + (await this.#storage.snapshotBytes(vmId, tag));
  }

  /** Path of the missing RAM file; null if it exists. */
  async missingRamFile(vmId: string, tag: string): Promise<string | null> {
    const ramFile = this.#ramFile(vmId, tag);
    return (await ramFileBytes(ramFile)) === null ? ramFile : null;
  }

  /** Tags of all saved states of a VM, including incomplete ones left by a killed agent. */
  async tags(vmId: string): Promise<string[]> {
    const inDisks = (await this.#storage.listSnapshots(vmId)).map(({ tag }) => tag);
    return [...new Set([...inDisks, ...(await tagsOfRamFiles(this.#storage.folderOf(vmId)))])].sort();
  }

  async #addDisks(vmId: string, tag: string): Promise<void> {
    try {
      await this.#storage.createSnapshot(vmId, tag);
    } catch (error) {
      await removeRamFile(this.#ramFile(vmId, tag));
      throw error;
    }
  }

  #ramFile(vmId: string, tag: string): string {
    return ramFileOf(this.#storage.folderOf(vmId), tag);
  }

  async #disks(vmId: string): Promise<NamedDisk[]> {
    const names = await this.#storage.disks(vmId);
    return names.map((name) => ({ name, ...this.#storage.diskOf(vmId, name) }));
  }
}
