// One folder per VM below a root: `<root>/<vmId>/disk.qcow2`. Used by the storages that keep disks as files (qcow2, fake).
// A folder appears and disappears by rename, so a disk is there whole or not at all, also after a kill -9.
import { randomUUID } from 'node:crypto';
import { lstat, mkdir, readdir, rename, rm, statfs } from 'node:fs/promises';
import path from 'node:path';
import { giveDisk, makePassable, ownerOf, ownUser } from './disk-owner.ts';
import { StorageError } from './errors.ts';
import type { DiskOwner } from './interface.ts';

/** Folders being made or removed; no VM id can start with a dot. */
const STAGING = '.staging-';
/** Name of the disk in its folder. */
export const DISK_FILE = 'disk.qcow2';
const VM_ID_RULE = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/;

export class DiskFolders {
  readonly #root: string;

  constructor(root: string) {
    if (!path.isAbsolute(root)) throw new StorageError('STORAGE_FAILED', `not an absolute folder: ${root}`);
    this.#root = root;
  }

  /** Makes the root (0700) and removes what a killed agent left half made. */
  async init(): Promise<void> {
    await mkdir(this.#root, { recursive: true, mode: 0o700 });
    const left = (await readdir(this.#root)).filter((name) => name.startsWith(STAGING));
    await Promise.all(left.map((name) => rm(path.join(this.#root, name), { recursive: true, force: true })));
  }

  /** Where the VM's disk is or will be. */
  diskPath(vmId: string): string {
    return path.join(this.#folder(vmId), DISK_FILE);
  }

  /** Calls `fill` with a path to write the disk to, then puts it in place. DISK_EXISTS when there is one. */
  async create(vmId: string, fill: (diskPath: string) => Promise<void>): Promise<void> {
    const folder = this.#folder(vmId);
    const staging = this.#staging();
    try {
      await mkdir(staging, { mode: 0o700 });
      await fill(path.join(staging, DISK_FILE));
      await rename(staging, folder);
    } catch (error) {
      await rm(staging, { recursive: true, force: true });
      if (hasCode(error, 'ENOTEMPTY', 'EEXIST', 'ENOTDIR')) {
        throw new StorageError('DISK_EXISTS', `VM ${vmId} has a disk already: ${folder}`, { cause: error });
      }
      if (hasCode(error, 'ENOSPC', 'EDQUOT')) throw new StorageError('DISK_FULL', String(error), { cause: error });
      throw error;
    }
  }

  /** Removes the VM's folder. Idempotent. */
  async destroy(vmId: string): Promise<void> {
    const staging = this.#staging();
    try {
      await rename(this.#folder(vmId), staging);
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return;
      throw error;
    }
    await rm(staging, { recursive: true, force: true });
  }

  /** Gives folder and disk to a user; null: to this process's own. See `Storage.setOwner`. */
  async setOwner(vmId: string, owner: DiskOwner | null): Promise<void> {
    if (owner !== null && owner.uid !== ownUser().uid) await makePassable(this.#root);
    await giveDisk(this.#folder(vmId), this.diskPath(vmId), owner ?? ownUser());
  }

  /** The folder of a VM that has a disk, and whose it is. DISK_NOT_FOUND when there is none. */
  async ownedFolder(vmId: string): Promise<{ folder: string; owner: DiskOwner }> {
    await this.mustExist(vmId);
    const folder = this.#folder(vmId);
    return { folder, owner: await ownerOf(folder) };
  }

  /** False only for the exact ENOENT; a broken file system must not look like an empty one. */
  async exists(vmId: string): Promise<boolean> {
    return (await this.#statDisk(vmId)) !== null;
  }

  /** Rejects with DISK_NOT_FOUND when there is no disk. */
  async mustExist(vmId: string): Promise<string> {
    await this.usedBytes(vmId);
    return this.diskPath(vmId);
  }

  /** Bytes really allocated on the host (holes are free), by stat(2)'s 512-byte blocks. */
  async usedBytes(vmId: string): Promise<number> {
    const found = await this.#statDisk(vmId);
    if (!found) throw new StorageError('DISK_NOT_FOUND', `VM ${vmId} has no disk: ${this.diskPath(vmId)}`);
    return found.blocks * 512;
  }

  /** Ids of the VMs with a folder, sorted. */
  async list(): Promise<string[]> {
    const entries = await readdir(this.#root, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && VM_ID_RULE.test(entry.name))
      .map((entry) => entry.name)
      .sort();
  }

  /** What this process may still write (root's reserve not counted) and the size of the file system. */
  async space(): Promise<{ freeBytes: number; totalBytes: number }> {
    const found = await statfs(this.#root);
    return { freeBytes: found.bavail * found.bsize, totalBytes: found.blocks * found.bsize };
  }

  async #statDisk(vmId: string): Promise<{ blocks: number } | null> {
    try {
      return await lstat(this.diskPath(vmId));
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return null;
      throw error;
    }
  }

  /** Ids are made by the agent, but a path built from one must never leave the root. */
  #folder(vmId: string): string {
    if (!VM_ID_RULE.test(vmId)) throw new StorageError('STORAGE_FAILED', `not a VM id: ${JSON.stringify(vmId)}`);
    return path.join(this.#root, vmId);
  }

  #staging(): string {
    return path.join(this.#root, `${STAGING}${randomUUID()}`);
  }
}

function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && codes.includes((error as NodeJS.ErrnoException).code ?? '');
}
