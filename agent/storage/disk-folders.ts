// One folder per VM below a root, with its disks as files: `<root>/<vmId>/disk.qcow2`, `disk1.qcow2`, `nvram.qcow2`. Used by the
// storages that store disks as files (qcow2, reflink, fake). A folder appears and disappears by rename, so a VM's disks exist
// completely or not at all, also after a kill -9.
import { randomUUID } from 'node:crypto';
import { link, lchown, lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { allocatedBytes } from '../host/allocated-bytes.ts';
import { type FileSystemSpace, spaceBelow } from '../host/file-system-space.ts';
import { BOOT_DISK, type DiskFormat, diskFileName, diskNameOf, isValidDiskName, sortDiskNames } from './disk-name.ts';
import { giveFolder, makePassable, ownerOf, ownUser } from './disk-owner.ts';
import { StorageError } from './errors.ts';
import { asStorageError, hasCode } from './file-errors.ts';
import type { DiskOwner } from './interface.ts';

/** Folders being made or removed; no VM id can start with a dot. */
const STAGING = '.staging-';
const VM_ID_RULE = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/;

export class DiskFolders {
  readonly #root: string;
  readonly #format: DiskFormat;

  constructor(root: string, format: DiskFormat) {
    if (!path.isAbsolute(root)) throw new StorageError('STORAGE_FAILED', `not an absolute folder: ${root}`);
    this.#root = root;
    this.#format = format;
  }

  get root(): string {
    return this.#root;
  }

  /** Creates the root (0700) and removes what a killed agent left incomplete. */
  async init(): Promise<void> {
    await mkdir(this.#root, { recursive: true, mode: 0o700 });
    const left = (await readdir(this.#root)).filter((name) => name.startsWith(STAGING));
    await Promise.all(left.map((name) => rm(path.join(this.#root, name), { recursive: true, force: true })));
  }

  /** Where the VM's disk is or will be. */
  diskPath(vmId: string, name = BOOT_DISK): string {
    return path.join(this.folder(vmId), this.fileName(name));
  }

  /** Of a disk, within its VM's folder. */
  fileName(name: string): string {
    if (!isValidDiskName(name)) throw new StorageError('STORAGE_FAILED', `not a disk's name: ${JSON.stringify(name)}`);
    return diskFileName(name, this.#format);
  }

  /** Calls `fill` with a folder to write the disks to, then moves it into place. DISK_EXISTS if there is one. */
  async create(vmId: string, fill: (folder: string) => Promise<void>): Promise<void> {
    const folder = this.folder(vmId);
    await this.withStaging(async (staging) => {
      await fill(staging);
      await rename(staging, folder).catch((error: unknown) => {
        if (!hasCode(error, 'ENOTEMPTY', 'EEXIST', 'ENOTDIR')) throw error;
        throw new StorageError('DISK_EXISTS', `VM ${vmId} has a disk already: ${folder}`, { cause: error });
      });
    });
  }

  /** Calls `fill` with a path to write one more disk to, then puts it in place, for the folder's owner. */
  async add(vmId: string, name: string, fill: (diskPath: string) => Promise<void>): Promise<void> {
    const { owner } = await this.ownedFolder(vmId);
    const diskPath = this.diskPath(vmId, name);
    await this.withStaging(async (staging) => {
      const staged = path.join(staging, this.fileName(name));
      await fill(staged);
      await lchown(staged, owner.uid, owner.gid);
      // Unlike rename, link never replaces what is there.
      await link(staged, diskPath).catch((error: unknown) => {
        if (!hasCode(error, 'EEXIST')) throw error;
        throw new StorageError('DISK_EXISTS', `VM ${vmId} has a disk ${name} already`, { cause: error });
      });
    });
  }

  /** Calls `work` with a new folder (0700) on the same file system; it is removed afterwards, unless it was moved elsewhere. */
  async withStaging<Result>(work: (staging: string) => Promise<Result>): Promise<Result> {
    const staging = this.#staging();
    try {
      await mkdir(staging, { mode: 0o700 });
      return await work(staging);
    } catch (error) {
      throw asStorageError(error);
    } finally {
      await rm(staging, { recursive: true, force: true });
    }
  }

  /** Removes the VM's folder. Idempotent. */
  async destroy(vmId: string): Promise<void> {
    const staging = this.#staging();
    try {
      await rename(this.folder(vmId), staging);
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return;
      throw error;
    }
    await rm(staging, { recursive: true, force: true });
  }

  /** Gives the folder and everything in it to a user; null: to this process's user. See `Storage.setOwner`. */
  async setOwner(vmId: string, owner: DiskOwner | null): Promise<void> {
    const folder = this.folder(vmId);
    await this.mustExist(vmId);
    if (owner !== null && owner.uid !== ownUser().uid) await makePassable(this.#root);
    await giveFolder(folder, owner ?? ownUser());
  }

  /** The folder of a VM that has a disk, and its owner. DISK_NOT_FOUND if there is none. */
  async ownedFolder(vmId: string): Promise<{ folder: string; owner: DiskOwner }> {
    await this.mustExist(vmId);
    const folder = this.folder(vmId);
    return { folder, owner: await ownerOf(folder) };
  }

  /** False only for ENOENT; a broken file system must not look like an empty one. */
  async exists(vmId: string, name = BOOT_DISK): Promise<boolean> {
    try {
      await lstat(this.diskPath(vmId, name));
      return true;
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return false;
      throw error;
    }
  }

  /** Rejects with DISK_NOT_FOUND if there is no such disk. */
  async mustExist(vmId: string, name = BOOT_DISK): Promise<string> {
    const diskPath = this.diskPath(vmId, name);
    if (await this.exists(vmId, name)) return diskPath;
    throw new StorageError('DISK_NOT_FOUND', `VM ${vmId} has no disk ${name}: ${diskPath}`);
  }

  async disks(vmId: string): Promise<string[]> {
    await this.mustExist(vmId);
    const files = await readdir(this.folder(vmId));
    return sortDiskNames(files.flatMap((file) => diskNameOf(file, this.#format) ?? []));
  }

  /** Bytes really allocated on the host (holes are free) of all in the folder. */
  async usedBytes(vmId: string): Promise<number> {
    await this.mustExist(vmId);
    return allocatedBytes(this.folder(vmId));
  }

  /** Ids of the VMs with a folder, sorted. */
  async list(): Promise<string[]> {
    const entries = await readdir(this.#root, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && VM_ID_RULE.test(entry.name))
      .map((entry) => entry.name)
      .sort();
  }

  /** Of the file system below. */
  space(): Promise<FileSystemSpace> {
    return spaceBelow(this.#root);
  }

  /** Ids are made by the agent, but a path built from one must never leave the root. */
  folder(vmId: string): string {
    if (!VM_ID_RULE.test(vmId)) throw new StorageError('STORAGE_FAILED', `not a VM id: ${JSON.stringify(vmId)}`);
    return path.join(this.#root, vmId);
  }

  #staging(): string {
    return path.join(this.#root, `${STAGING}${randomUUID()}`);
  }
}
