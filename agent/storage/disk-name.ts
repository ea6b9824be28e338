// The names of a VM's disks, and their file names. Shared by the storages, engines and operations.

/** The disk a VM boots from, which every VM has. */
export const BOOT_DISK = 'disk0';
/** The variables of UEFI firmware, stored and snapshotted like a disk. */
export const FIRMWARE_DISK = 'nvram';
const NAME_RULE = /^(disk(0|[1-9][0-9]?)|nvram)$/;

export type DiskFormat = 'qcow2' | 'raw';

export function isValidDiskName(name: string): boolean {
  return NAME_RULE.test(name);
}

/** The boot disk's file has had this name since VMs had one disk only. */
export function diskFileName(name: string, format: DiskFormat): string {
  return `${name === BOOT_DISK ? 'disk' : name}.${format}`;
}

/** Null for a file that is no disk. */
export function diskNameOf(fileName: string, format: DiskFormat): string | null {
  if (!fileName.endsWith(`.${format}`)) return null;
  const stem = fileName.slice(0, -format.length - 1);
  if (stem === 'disk') return BOOT_DISK;
  return stem !== BOOT_DISK && isValidDiskName(stem) ? stem : null;
}

/** Boot disk first, then by number, firmware variables last. */
export function sortDiskNames(names: readonly string[]): string[] {
  const rank = (name: string) =>
    name === FIRMWARE_DISK ? Number.POSITIVE_INFINITY : Number(name.slice('disk'.length));
  return [...names].sort((one, other) => rank(one) - rank(other));
}
