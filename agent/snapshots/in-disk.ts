// Snapshots inside the qcow2 disk: QEMU's own snapshot jobs while a VM runs, qemu-img while it does not.
import type { RunningVm } from '../engines/interface.ts';
import type { Storage } from '../storage/interface.ts';
import type { SavedState, VmSnapshots } from './interface.ts';

const MIB = 1024 * 1024;
/** qcow2 tables and the disk clusters that a save copies. */
const METADATA_MIB = 16;

export class InDiskSnapshots implements VmSnapshots {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  neededBytes(memoryMiB: number): number {
    return (memoryMiB + METADATA_MIB) * MIB;
  }

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
    await running.saveState(tag, options);
    const saved = (await this.#storage.listSnapshots(vmId)).find((snapshot) => snapshot.tag === tag);
    return { hasRam: true, vmStateBytes: saved?.vmStateBytes ?? 0 };
  }

  loadRunning(running: RunningVm, tag: string): Promise<void> {
    return running.loadState(tag);
  }

  loadStopped(vmId: string, tag: string): Promise<void> {
    return this.#storage.applySnapshot(vmId, tag);
  }

  delete(vmId: string, tag: string, running: RunningVm | null): Promise<void> {
    return running ? running.deleteState(tag) : this.#storage.destroySnapshot(vmId, tag);
  }
}
