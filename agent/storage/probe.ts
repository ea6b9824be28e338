// Which storage suits a folder, determined by trying it in the folder, because the name of a file system says little about its
// features.
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, statfs } from 'node:fs/promises';
import path from 'node:path';
import { BOOT_DISK, type DiskFormat, diskFileName } from './disk-name.ts';
import { ownUser } from './disk-owner.ts';
import { StorageError } from './errors.ts';
import { cloneFile, makeEmptyFile } from './plain-file.ts';

/** Of statfs(2), as in linux/magic.h. */
const FILE_SYSTEMS = new Map([
  [0x58465342, 'xfs'],
  [0x9123683e, 'btrfs'],
  [0xef53, 'ext4'],
  [0x01021994, 'tmpfs'],
  [0x2fc12fc1, 'zfs'],
  [0x65735546, 'fuse'],
  [0x794c7630, 'overlayfs'],
]);

export async function fileSystemOf(folder: string): Promise<string> {
  const { type } = await statfs(folder);
  return FILE_SYSTEMS.get(type) ?? `file system 0x${type.toString(16)}`;
}

/** Tries a copy that shares its blocks. False if the file system does not support it; rejects if the folder is not writable. */
export async function hasReflink(folder: string): Promise<boolean> {
  const file = path.join(folder, `.staging-probe-${randomUUID()}`);
  try {
    await makeEmptyFile(file, 64 * 1024);
    await cloneFile(file, `${file}-copy`, ownUser());
    return true;
  } catch (error) {
    if (error instanceof StorageError && error.code === 'STORAGE_FAILED') return false;
    throw error;
  } finally {
    await rm(file, { force: true });
    await rm(`${file}-copy`, { force: true });
  }
}

/** The format of the disks in a folder; null if it has none. */
export async function formatOfDisks(folder: string): Promise<DiskFormat | null> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isDirectory() || entry.name.startsWith('.')) continue;
    const files = new Set(await readdir(path.join(folder, entry.name)));
    for (const format of ['qcow2', 'raw'] as const) if (files.has(diskFileName(BOOT_DISK, format))) return format;
  }
  return null;
}

/** For `auto`: the storage of the folder's existing disks, otherwise the best one it supports. Creates the folder. */
export async function probeKind(folder: string): Promise<'qcow2' | 'reflink'> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const format = await formatOfDisks(folder);
  if (format !== null) return format === 'raw' ? 'reflink' : 'qcow2';
  return (await hasReflink(folder)) ? 'reflink' : 'qcow2';
}
