// Copies a disk to a separate qcow2 file, for `Storage.exportDisk` of all storages.
import { realpath, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { copyStoppably } from '../host/copy-file.ts';
import type { DiskFolders } from './disk-folders.ts';
import { giveFolder, ownUser } from './disk-owner.ts';
import { asStorageError, hasCode } from './file-errors.ts';
import type { DiskOwner, ExportOptions } from './interface.ts';

/**
 * qemu-img runs as the disk's owner, in a folder that belongs to that user meanwhile; its output is then moved to `targetPath`.
 */
export async function exportFile(
  folders: DiskFolders,
  owner: DiskOwner,
  targetPath: string,
  { signal, onStaging }: ExportOptions,
  work: (staged: string, cwd: string) => Promise<void>,
): Promise<void> {
  const cwd = await realpath(folders.root);
  await folders.withStaging(async (staging) => {
    onStaging?.(staging);
    await giveFolder(staging, owner);
    const staged = path.join(path.basename(staging), 'export.qcow2');
    await work(staged, cwd);
    await giveFolder(staging, ownUser());
    await moveFile(path.join(cwd, staged), targetPath, signal);
  });
}

/** Also to another file system, where the file then appears whole. */
async function moveFile(from: string, to: string, signal: AbortSignal): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!hasCode(error, 'EXDEV')) throw error;
    const part = `${to}.part`;
    // Of an agent that was killed.
    await rm(part, { force: true });
    await copyStoppably(from, part, signal).catch((failure: unknown) => {
      throw asStorageError(failure);
    });
    await rename(part, to);
  }
}
