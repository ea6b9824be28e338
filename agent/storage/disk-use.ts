// What the disks of VMs really take on the host, measured VM by VM: one that can't be measured keeps no other from being known.
import type { DiskUse } from './interface.ts';
import { StorageError } from './errors.ts';

/** As `Storage.diskUse` says it. */
export async function diskUseOf(
  vmIds: readonly string[],
  measure: (vmId: string) => Promise<DiskUse>,
): Promise<Map<string, DiskUse | Error>> {
  const found = new Map<string, DiskUse | Error>();
  // In turn: nobody waits for it, and the disk has better things to do.
  for (const vmId of vmIds) {
    try {
      found.set(vmId, await measure(vmId));
    } catch (error) {
      if (error instanceof StorageError && error.code === 'DISK_NOT_FOUND') continue;
      found.set(vmId, error instanceof Error ? error : new Error(String(error)));
    }
  }
  return found;
}
