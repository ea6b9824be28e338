// Opens a disk's file as root without being redirected: its folder may belong to a compromised process, so a link in its place
// is not followed, and the opened file is the one that is copied or changed.
import { constants, copyFile, type FileHandle, open, rm } from 'node:fs/promises';
import { isDiskFull } from '../host/disk-full.ts';
import { pathOf } from '../host/plain-file.ts';
import { StorageError } from './errors.ts';
import { asStorageError, hasCode } from './file-errors.ts';
import type { DiskOwner } from './interface.ts';

/** Only the last component of the path is checked: the folders above it must belong to the agent. DISK_NOT_FOUND. */
export async function openPlainFile(filePath: string, access: 'read' | 'write'): Promise<FileHandle> {
  const flags =
    (access === 'read' ? constants.O_RDONLY : constants.O_RDWR) | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(filePath, flags).catch((error: NodeJS.ErrnoException) => {
    const code = error.code === 'ENOENT' ? 'DISK_NOT_FOUND' : 'STORAGE_FAILED';
    throw new StorageError(code, `can't open the disk: ${error.message}`, { cause: error });
  });
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw new StorageError('STORAGE_FAILED', `not a plain file: ${filePath}`);
}

export async function fileBytes(filePath: string): Promise<number> {
  await using file = await openPlainFile(filePath, 'read');
  return (await file.stat()).size;
}

/** Extends a file; the new part reads as zeros and uses no space. STORAGE_FAILED for a smaller size. */
export async function growFile(filePath: string, bytes: number): Promise<void> {
  await using file = await openPlainFile(filePath, 'write');
  const { size } = await file.stat();
  if (bytes < size)
    throw new StorageError('STORAGE_FAILED', `the disk has ${size} bytes and can only grow: ${filePath}`);
  if (bytes === size) return;
  await file.truncate(bytes).catch((error: unknown) => {
    throw asStorageError(error);
  });
}

/** A new file of zeroes. */
export async function makeEmptyFile(filePath: string, bytes: number): Promise<void> {
  await using file = await open(filePath, 'wx', 0o600);
  await file.truncate(bytes);
}

/** Syncs a file or folder to the host's disk, so that it survives a power failure. */
export async function syncPath(target: string): Promise<void> {
  await using handle = await open(target, constants.O_RDONLY);
  await handle.sync();
}

/**
 * A copy that shares its blocks with the original until one of them is written (FICLONE, ioctl_ficlone(2)): takes the same
 * milliseconds for any size. The target must not exist. STORAGE_FAILED if the file system does not support it.
 */
export async function cloneFile(from: string, to: string, owner: DiskOwner): Promise<void> {
  await using source = await openPlainFile(from, 'read');
  try {
    const { COPYFILE_EXCL, COPYFILE_FICLONE_FORCE } = constants;
    await copyFile(pathOf(source), to, COPYFILE_EXCL | COPYFILE_FICLONE_FORCE);
    await using target = await open(to, constants.O_RDWR | constants.O_NOFOLLOW);
    await target.chown(owner.uid, owner.gid);
    await target.chmod(0o600);
  } catch (error) {
    // Half a copy is left by a full disk.
    if (!hasCode(error, 'EEXIST')) await rm(to, { force: true });
    if (isDiskFull(error)) throw asStorageError(error);
    throw new StorageError('STORAGE_FAILED', `can't clone ${from}: ${String(error)}`, { cause: error });
  }
}
