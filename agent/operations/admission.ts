// Pure: whether what is asked for fits on this host. Errors say total, used and wanted.
import { TtError } from '@tt/protocol';

/** What is promised already; a VM counts its memory while it is starting or running, its disk as long as it exists. */
export interface Promised {
  memoryMiB: number;
  diskMiB: number;
}

interface Countable {
  state: string;
  resources: { memoryMiB: number; diskMiB: number };
}

export function promisedTo(vms: readonly Countable[]): Promised {
  let memoryMiB = 0;
  let diskMiB = 0;
  for (const { state, resources } of vms) {
    if (state !== 'stopped' && state !== 'failed') memoryMiB += resources.memoryMiB;
    diskMiB += resources.diskMiB;
  }
  return { memoryMiB, diskMiB };
}

/** Throws MEMORY_EXHAUSTED or DISK_EXHAUSTED when `wanted` does not fit beside `used`. */
export function admit(total: Promised, used: Promised, wanted: Promised): void {
  if (wanted.memoryMiB > 0 && used.memoryMiB + wanted.memoryMiB > total.memoryMiB) {
    throw new TtError('MEMORY_EXHAUSTED', {
      totalMiB: total.memoryMiB,
      usedMiB: used.memoryMiB,
      wantedMiB: wanted.memoryMiB,
    });
  }
  if (wanted.diskMiB > 0 && used.diskMiB + wanted.diskMiB > total.diskMiB) {
    throw new TtError('DISK_EXHAUSTED', { totalMiB: total.diskMiB, usedMiB: used.diskMiB, wantedMiB: wanted.diskMiB });
  }
}
