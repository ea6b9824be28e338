// The files with the RAM of saved states, `ram-<tag>.qcow2` in a VM's folder: where they are, how large, and whether they are
// synced to disk. The engine writes and reads them. The folder may belong to a compromised process, so links in it are not
// followed.
import { constants } from 'node:fs';
import { lstat, open, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { copyPlain } from '../host/plain-file.ts';
import { StorageError } from '../storage/errors.ts';
import { isValidSnapshotTag } from '../storage/snapshot-tag.ts';

const NAME = /^ram-(.+)\.qcow2$/;

export function ramFileOf(folder: string, tag: string): string {
  if (!isValidSnapshotTag(tag)) throw new StorageError('STORAGE_FAILED', `not a snapshot tag: ${JSON.stringify(tag)}`);
  return path.join(folder, `ram-${tag}.qcow2`);
}

/** Bytes it uses on the host; null if there is none. */
export async function ramFileBytes(ramFile: string): Promise<number | null> {
  try {
    return (await lstat(ramFile)).blocks * 512;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Waits until the file, and its name in the folder, would survive a power cut. */
export async function flushRamFile(ramFile: string): Promise<void> {
  // O_NONBLOCK: a named pipe in its place must not hold the agent up.
  await using file = await open(ramFile, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  await file.datasync();
  await using folder = await open(path.dirname(ramFile), constants.O_RDONLY | constants.O_DIRECTORY);
  await folder.sync();
}

/**
 * Copies one, sharing its blocks if the file system can. The source may belong to a compromised process: the checked file is
 * the one that is copied.
 */
export async function copyRamFile(source: string, target: string): Promise<void> {
  await copyPlain(source, target);
  await flushRamFile(target);
}

/** Idempotent. */
export async function removeRamFile(ramFile: string): Promise<void> {
  await rm(ramFile, { force: true });
}

export async function tagsOfRamFiles(folder: string): Promise<string[]> {
  return (await readdir(folder)).flatMap((name) => NAME.exec(name)?.[1] ?? []);
}
