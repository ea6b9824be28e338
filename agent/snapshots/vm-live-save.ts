// A save of one VM whose guest runs on until it is nearly over: its RAM by the engine, and its disks of the same moment by the engine, or
// by the storage beside it. Begun by `vm-snapshots.ts`; who began it pauses the guest, and ends it.
import type { HeldGuest, LiveSave, RunningVm, SaveOptions } from '../engines/interface.ts';
import type { Storage } from '../storage/interface.ts';
import { findRamFile, removeRamFiles } from './ram-files.ts';

export interface SavedState {
  /** False if the VM was not running: only its disks were saved. */
  hasRam: boolean;
  vmStateBytes: number;
}

/** As {@link HeldGuest}. */
export interface VmHeld extends Omit<HeldGuest, 'finish'> {
  finish(options?: Omit<SaveOptions, 'ramFile'>): Promise<SavedState>;
}

/** As {@link LiveSave}, of RAM and all disks. */
export class VmLiveSave {
  readonly #storage: Storage;
  readonly #vmId: string;
  readonly #tag: string;
  readonly #running: RunningVm;
  readonly #live: LiveSave;

  /** `live`: what the engine has begun. */
  constructor(storage: Storage, vmId: string, tag: string, { running, live }: { running: RunningVm; live: LiveSave }) {
    this.#storage = storage;
    this.#vmId = vmId;
    this.#tag = tag;
    this.#running = running;
    this.#live = live;
  }

  cancel(): Promise<void> {
    return this.#live.cancel();
  }

  /** The guest is paused: what is left of its RAM, and the disks that the storage saves, at the same time. */
  async finish(): Promise<SavedState> {
    const [ram, disks] = await Promise.allSettled([this.#live.finish(), this.#saveDisks()]);
    if (ram.status === 'fulfilled' && disks.status === 'fulfilled') return savedWithRam(this.#folder, this.#tag);
    if (ram.status === 'fulfilled') {
      await this.#running.deleteState(this.#tag);
      await removeRamFiles(this.#folder, this.#tag);
    }
    if (this.#isByStorage && disks.status === 'fulfilled') await this.#storage.destroySnapshot(this.#vmId, this.#tag);
    throw [ram, disks].find((part) => part.status === 'rejected')?.reason;
  }

  /** All but its memory: the disks, by the engine or the storage, and the devices. */
  async hold(): Promise<VmHeld | null> {
    const held = await this.#live.hold();
    if (!held) return null;
    try {
      await this.#saveDisks();
    } catch (error) {
      await this.#live.cancel();
      throw error;
    }
    return vmHeld(held, this.#folder, this.#tag);
  }

  async #saveDisks(): Promise<void> {
    if (this.#isByStorage) await this.#storage.createSnapshot(this.#vmId, this.#tag);
  }

  get #isByStorage(): boolean {
    return this.#storage.snapshotsBy === 'storage';
  }

  get #folder(): string {
    return this.#storage.folderOf(this.#vmId);
  }
}

/** Of a VM with this folder. */
export function vmHeld(held: HeldGuest, folder: string, tag: string): VmHeld {
  return {
    close: () => held.close(),
    finish: async (options) => {
      await held.finish(options);
      return savedWithRam(folder, tag);
    },
  };
}

/** What the save of a running VM with this folder has made. */
export async function savedWithRam(folder: string, tag: string): Promise<SavedState> {
  return { hasRam: true, vmStateBytes: (await findRamFile(folder, tag))?.bytes ?? 0 };
}
