// Pure: what to ask of qemu-img, as argument arrays (man qemu-img). Golden-tested; `qcow2-storage.ts` runs them.

/**
 * A new overlay over `backingPath`, which must be absolute: a relative one would be looked up from the overlay's folder.
 * `-F` names its format, since guessing it from guest-written bytes is a known way out of a VM (CVE-2008-2004).
 */
export function createOverlayArguments(diskPath: string, backingPath: string, sizeMiB: number): string[] {
  return ['create', '-q', '-f', 'qcow2', '-F', 'qcow2', '-b', backingPath, '--', diskPath, `${sizeMiB}M`];
}

/** `-c` makes, `-a` applies, `-d` deletes. All three take the write lock, so they fail while a VM runs on the disk. */
export function snapshotArguments(action: 'create' | 'apply' | 'delete', diskPath: string, tag: string): string[] {
  const flag = { create: '-c', apply: '-a', delete: '-d' }[action];
  return ['snapshot', '-q', flag, tag, '--', diskAlone(diskPath)];
}

/** Takes the write lock too. */
export function resizeArguments(diskPath: string, sizeMiB: number): string[] {
  return ['resize', '-q', '--', diskAlone(diskPath), `${sizeMiB}M`];
}

/** `-U` reads without a lock, so it works beside a running VM; what it says may be a moment old. */
export function infoArguments(diskPath: string): string[] {
  return ['info', '-U', '--output=json', '--', diskAlone(diskPath)];
}

/**
 * The disk without the image below it, which none of these needs: who works on a disk as its VM's user may not be able to
 * walk to the image by the path in the disk's header.
 */
function diskAlone(diskPath: string): string {
  return `json:${JSON.stringify({ driver: 'qcow2', backing: null, file: { driver: 'file', filename: diskPath } })}`;
}
