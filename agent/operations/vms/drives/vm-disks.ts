// Pure: finds, names and changes disks in a VM's record.
import { DISKS_MAX, type Disk, type DiskRequest, type DriveLimits, TtError } from '@tt/protocol';
import type { VmRecord } from '../../../state/vm-record.ts';

/** Whose disks: a record's name and spec are enough. */
type DiskOwner = Pick<VmRecord, 'name' | 'spec'>;

/** Throws DISK_NOT_FOUND. */
export function diskOf(vm: DiskOwner, name: string): Disk {
  const found = vm.spec.disks.find((disk) => disk.name === name);
  if (found) return found;
  throw new TtError('DISK_NOT_FOUND', {
    vmName: vm.name,
    diskName: name,
    disks: vm.spec.disks.map((disk) => disk.name),
  });
}

/** The name for one more disk. Throws DISK_COUNT_LIMIT or DISK_NAME_TAKEN. */
export function nameForDisk(vm: DiskOwner, wanted: string | undefined): string {
  const taken = new Set(vm.spec.disks.map((disk) => disk.name));
  if (wanted !== undefined && taken.has(wanted)) {
    throw new TtError('DISK_NAME_TAKEN', { vmName: vm.name, diskName: wanted });
  }
  const free = DISK_NAMES.filter((name) => !taken.has(name));
  const name = wanted === undefined ? free[0] : free.find((candidate) => candidate === wanted);
  if (name === undefined) throw new TtError('DISK_COUNT_LIMIT', { vmName: vm.name, max: DISKS_MAX });
  return name;
}

/** A machine has a fixed place for each. */
const DISK_NAMES: readonly string[] = Array.from({ length: DISKS_MAX }, (_, index) => `disk${index}`);

/** The disks of a new VM: the boot disk and those that are requested besides. */
export function plannedDisks(diskMiB: number, limits: DriveLimits | undefined, more: readonly DiskRequest[]): Disk[] {
  const requests = [{ sizeMiB: diskMiB, limits }, ...more];
  return requests.map((request, index) => ({
    name: `disk${index}`,
    sizeMiB: request.sizeMiB,
    attached: true,
    limits: limitsOf(request.limits),
  }));
}

/** Null unless at least one limit is set. */
export function limitsOf(limits: DriveLimits | null | undefined): DriveLimits | null {
  return limits && (limits.bytesPerSecond !== null || limits.operationsPerSecond !== null) ? limits : null;
}

/** The same disks, one of them changed. */
export function withDisk(disks: readonly Disk[], name: string, change: Partial<Disk>): Disk[] {
  return disks.map((disk) => (disk.name === name ? { ...disk, ...change } : disk));
}
