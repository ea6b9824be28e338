// Pure: arguments of qemu-img as arrays (man qemu-img). Golden-tested; the storages run them.
import type { DiskFormat } from '../disk-name.ts';
import type { BackingFile } from '../interface.ts';

/** `-c` makes, `-a` applies, `-d` deletes. All three take the write lock, so they fail while a VM runs on the disk. */
export function snapshotArguments(action: 'create' | 'apply' | 'delete', diskPath: string, tag: string): string[] {
  const flag = { create: '-c', apply: '-a', delete: '-d' }[action];
  return ['snapshot', '-q', flag, tag, '--', diskNode(diskPath, null)];
}

/** Takes the write lock too. Shrinking truncates the disk. */
export function resizeArguments(diskPath: string, sizeMiB: number, options: { shrink?: boolean } = {}): string[] {
  return ['resize', '-q', ...(options.shrink ? ['--shrink'] : []), '--', diskNode(diskPath, null), `${sizeMiB}M`];
}

/**
 * Copies the contents of a disk, now or at `tag`, into an existing new one over the same image. `-n -B` omits everything that
 * is in the image. `-U` reads beside a running VM: what a snapshot points to does not change.
 */
export function copyOverlayArguments(
  source: string,
  target: string,
  backing: BackingFile | null,
  tag: string | null,
): string[] {
  return [
    'convert',
    '-q',
    '-n',
    ...atSnapshot(tag),
    '-O',
    'qcow2',
    ...(backing ? ['-B', backing.path, '-F', backing.format] : ['--target-is-zero']),
    '--',
    diskNode(source, backing),
    diskNode(target, backing),
  ];
}

/** Copies a whole disk into a new qcow2 file that needs no other. `-p` prints how far it is. */
export function flattenArguments(
  source: string,
  format: DiskFormat,
  target: string,
  tag: string | null = null,
): string[] {
  // A `json:` name says its format itself.
  const named = format === 'raw' ? ['-f', 'raw'] : [];
  return ['convert', '-p', ...named, ...atSnapshot(tag), '-O', 'qcow2', '--', source, target];
}

function atSnapshot(tag: string | null): string[] {
  return tag === null ? [] : ['-U', '-l', `snapshot.name=${tag}`];
}

/** Frees clusters nothing points to, as a crash leaves them. */
export function repairLeaksArguments(diskPath: string): string[] {
  return ['check', '-q', '-r', 'leaks', '--', diskNode(diskPath, null)];
}

/**
 * A qcow2 disk for qemu-img. The backing image is given here (null: none, most commands do not need it), never looked up in the
 * disk's header: the VM's user may not be able to traverse that path.
 */
export function diskNode(diskPath: string, backing: BackingFile | null): string {
  const file = (filename: string) => ({ driver: 'file', filename });
  const below = backing && {
    driver: backing.format,
    ...(backing.format === 'qcow2' && { backing: null }),
    file: file(backing.path),
  };
  return `json:${JSON.stringify({ driver: 'qcow2', backing: below, file: file(diskPath) })}`;
}
