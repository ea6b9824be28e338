// The first file system of the guest: just enough to load the disk driver, mount /dev/vda and hand over to its init.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { directory, type FileEntry, file, symlink, withParents } from '../../../archives/file-entry.ts';
import type { KernelModules } from './kernel-modules.ts';

/** The cloud kernel has ext4 built in, but no virtio at all. */
const initrdModules = ['virtio_pci', 'virtio_blk'];

export async function initrdEntries(options: {
  packageRoot: string;
  guestDirectory: string;
  modules: KernelModules;
}): Promise<FileEntry[]> {
  return withParents([
    file('/init', await readFile(join(options.guestDirectory, 'initrd-init')), 0o755),
    file('/bin/busybox', await readFile(join(options.packageRoot, 'bin/busybox')), 0o755),
    symlink('/lib', 'usr/lib'),
    // Before /init has mounted anything the kernel already opens /dev/console for it.
    { kind: 'characterDevice', path: '/dev/console', mode: 0o600, major: 5, minor: 1 },
    directory('/root', 0o700),
    ...(await options.modules.entries(initrdModules)),
  ]);
}
