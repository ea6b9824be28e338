// The cgroup file system: folders are groups, files are their settings. The only module that accesses it, so that
// `v2/test-kernel.ts` can replace a kernel this host does not run.
import { readFileSync } from 'node:fs';
import { mkdir, open, readdir, rmdir } from 'node:fs/promises';
import { errnoOf } from './errors.ts';

/** Rejects (or throws) with the errno of the system call in `code`. */
export interface CgroupFiles {
  /** Makes one folder; true when it was not there. */
  make(folder: string): Promise<boolean>;
  /** Removes an empty group; does nothing if it does not exist. */
  remove(folder: string): Promise<void>;
  /** Names of the folders in it; null when it is not there. */
  folders(folder: string): Promise<string[] | null>;
  /**
   * At once, without a promise: the kernel answers from memory in some microseconds, and a trip through Node's thread pool
   * costs ten times that. The metrics read hundreds of these a second.
   */
  read(file: string): string;
  write(file: string, text: string): Promise<void>;
}

export const realCgroupFiles: CgroupFiles = {
  async make(folder) {
    try {
      await mkdir(folder);
      return true;
    } catch (error) {
      if (errnoOf(error) === 'EEXIST') return false;
      throw error;
    }
  },
  async remove(folder) {
    try {
      // rmdir alone: the files in a group can't be removed and don't keep it from being removed.
      await rmdir(folder);
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw error;
    }
  },
  async folders(folder) {
    try {
      const entries = await readdir(folder, { withFileTypes: true });
      return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return null;
      throw error;
    }
  },
  read(file) {
    return readFileSync(file, 'utf8');
  },
  async write(file, text) {
    // `r+`, not `w`: creating a file in a group is answered with EACCES, which would hide that it is just not there.
    const handle = await open(file, 'r+');
    try {
      await handle.write(text);
    } finally {
      await handle.close();
    }
  },
};

/** One number standing alone in a file, or after `key` and a blank in one of its lines; NaN when it is not there. */
export function numberIn(text: string, key?: string): number {
  if (key === undefined) return Number(text.trim() === '' ? Number.NaN : text);
  const at = text.startsWith(`${key} `) ? 0 : text.indexOf(`\n${key} `) + 1;
  if (at === 0 && !text.startsWith(`${key} `)) return Number.NaN;
  return Number.parseInt(text.slice(at + key.length + 1), 10);
}

/** Process ids in a `cgroup.procs`. 0 means a process of another pid namespace, which has no pid here. */
export function pidsIn(text: string): number[] {
  return text
    .split('\n')
    .map(Number)
    .filter((pid) => pid > 0);
}
