// How the state of one VM is saved and put back, for the operations that do it to one VM or to a whole ENV. Which driver
// does it follows from the storage: RAM inside the qcow2 now, beside a raw disk later.
import type { RunningVm } from '../engines/interface.ts';

export interface SavedState {
  /** False when the VM was not running: only its disk was kept. */
  hasRam: boolean;
  vmStateBytes: number;
}

export interface VmSnapshots {
  /** Free bytes a save of a running VM with this much memory may need at most. */
  neededBytes(memoryMiB: number): number;
  /** Saves a VM; `running` is null when it is stopped. On failure nothing of `tag` is left. A paused guest stays paused. */
  save(
    vmId: string,
    tag: string,
    running: RunningVm | null,
    options: { signal?: AbortSignal; onProgress?: (done: number, total: number) => void },
  ): Promise<SavedState>;
  /** Puts RAM and disk of a running VM back. */
  loadRunning(running: RunningVm, tag: string): Promise<void>;
  /** Puts the disk of a stopped VM back. */
  loadStopped(vmId: string, tag: string): Promise<void>;
  /** Forgets a saved state. Idempotent. */
  delete(vmId: string, tag: string, running: RunningVm | null): Promise<void>;
}
