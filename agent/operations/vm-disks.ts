// Pure: what a VM's record says of its disks, changed.
import { BOOT_DISK, type Disk } from '@tt/protocol';
import type { VmRecord } from '../state/records.ts';

type DiskFields = Pick<VmRecord, 'disks' | 'resources'>;

/** The fields to write when a disk has another size. */
export function withDiskSize({ disks, resources }: DiskFields, name: string, sizeMiB: number): DiskFields {
  return {
    disks: withDisk(disks, name, { sizeMiB }),
    resources: name === BOOT_DISK ? { ...resources, diskMiB: sizeMiB } : resources,
  };
}

/** The same disks, one of them changed. */
export function withDisk(disks: readonly Disk[], name: string, change: Partial<Disk>): Disk[] {
  return disks.map((disk) => (disk.name === name ? { ...disk, ...change } : disk));
}
