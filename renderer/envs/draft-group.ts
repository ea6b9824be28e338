// One chosen system of a new ENV: how many copies, how large each.
import type { Image, VmGroup } from '@tt/protocol';
import { action, makeObservable, observable } from 'mobx';

export const DEFAULT_MEMORY_MIB = 128;

export class DraftGroup {
  readonly image: Image;
  /** True while it is chosen only because the typed prefix selects it. */
  bySearch: boolean;
  copies = 1;
  cpuCount = 1;
  memoryMiB: number;

  constructor(image: Image, bySearch: boolean) {
    this.image = image;
    this.bySearch = bySearch;
    this.memoryMiB = Math.max(DEFAULT_MEMORY_MIB, image.minMemoryMiB);
    makeObservable(this, {
      bySearch: observable,
      copies: observable,
      cpuCount: observable,
      memoryMiB: observable,
      change: action,
    });
  }

  change(change: { copies?: number; cpuCount?: number; memoryMiB?: number }): void {
    this.bySearch = false;
    this.copies = change.copies ?? this.copies;
    this.cpuCount = change.cpuCount ?? this.cpuCount;
    this.memoryMiB = change.memoryMiB ?? this.memoryMiB;
  }

  toWish(): VmGroup {
    return {
      osPrefix: this.image.name,
      copies: this.copies,
      cpuCount: this.cpuCount,
      memoryMiB: this.memoryMiB,
    };
  }
}
