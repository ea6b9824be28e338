// How full the file system below a folder is, by statfs(2): the one place that asks. Free is what this process may write; blocks
// that the file system keeps for root do not count.
import { type StatsFs, statfsSync } from 'node:fs';
import { lstat, statfs } from 'node:fs/promises';
import path from 'node:path';

export interface FileSystemSpace {
  freeBytes: number;
  totalBytes: number;
}

/** Rejects with ENOENT when there is no such folder. */
export async function spaceBelow(folder: string): Promise<FileSystemSpace> {
  return spaceOf(await statfs(folder));
}

/** The folder, or the nearest one above it that is there already. */
export async function nearestFolder(folder: string): Promise<string> {
  try {
    await lstat(folder);
    return folder;
  } catch (error) {
    const parent = path.dirname(folder);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || parent === folder) throw error;
    return nearestFolder(parent);
  }
}

/** For code that must not wait, as between two steps of SQLite. Throws as {@link spaceBelow} rejects. */
export function freeBytesBelow(folder: string): number {
  return spaceOf(statfsSync(folder)).freeBytes;
}

function spaceOf({ bavail, blocks, bsize }: StatsFs): FileSystemSpace {
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
}
