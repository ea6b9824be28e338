// Snapshots as folders of reflink copies: `<root>/.snapshots/<vmId>/<tag>/disk.raw`. They belong to the agent, so a process that
// escaped from its VM cannot access them. A snapshot appears and disappears by rename: complete or not at all.
import { mkdir, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { DiskFolders } from '../disk-folders.ts';
import { diskNameOf, sortDiskNames } from '../disk-name.ts';
import { ownUser } from '../disk-owner.ts';
import { StorageError } from '../errors.ts';
import { hasCode } from '../file-errors.ts';
import { cloneFile, syncPath } from '../plain-file.ts';
import { isValidSnapshotTag, mustBeTag } from '../snapshot-tag.ts';

const FOLDER = '.snapshots';

export class SnapshotFolders {
  readonly #folders: DiskFolders;

  constructor(folders: DiskFolders) {
    this.#folders = folders;
  }

  /** Removes snapshots of VMs that no longer exist, left by a kill during a removal or a clone. */
  async init(): Promise<void> {
    await mkdir(this.#root, { recursive: true, mode: 0o700 });
    for (const vmId of await readdir(this.#root)) {
      if (!(await this.#folders.exists(vmId))) await this.destroyAll(vmId);
    }
  }

  /** Oldest first. */
  async tags(vmId: string): Promise<string[]> {
    const names = (await entriesOf(this.#vmFolder(vmId))).filter(isValidSnapshotTag);
    const made = await Promise.all(
      names.map(async (tag) => ({ tag, at: (await stat(this.folder(vmId, tag))).mtimeMs })),
    );
    return made.sort((one, other) => one.at - other.at).map(({ tag }) => tag);
  }

  /** SNAPSHOT_NOT_FOUND. */
  async disks(vmId: string, tag: string): Promise<string[]> {
    mustBeTag(tag);
    const names = (await entriesOf(this.folder(vmId, tag))).flatMap((file) => diskNameOf(file, 'raw') ?? []);
    if (names.length > 0) return sortDiskNames(names);
    throw new StorageError('SNAPSHOT_NOT_FOUND', `VM ${vmId} has no snapshot ${tag}`);
  }

  /** Where a disk's part of a snapshot is or would be. */
  file(vmId: string, tag: string, name: string): string {
    return path.join(this.folder(vmId, tag), this.#folders.fileName(name));
  }

  /** Its disks, and where their parts of it are. SNAPSHOT_NOT_FOUND. */
  async files(vmId: string, tag: string): Promise<{ name: string; path: string }[]> {
    return (await this.disks(vmId, tag)).map((name) => ({ name, path: this.file(vmId, tag, name) }));
  }

  /** Copies the files into a new snapshot, on the disk of the host when this resolves. SNAPSHOT_EXISTS. */
  async create(vmId: string, tag: string, disks: readonly { name: string; path: string }[]): Promise<void> {
    mustBeTag(tag);
    const vmFolder = this.#vmFolder(vmId);
    await mkdir(vmFolder, { recursive: true, mode: 0o700 });
    await this.#folders.withStaging(async (staging) => {
      for (const disk of disks) {
        const target = path.join(staging, this.#folders.fileName(disk.name));
        await cloneFile(disk.path, target, ownUser());
        await syncPath(target);
      }
      await rename(staging, this.folder(vmId, tag)).catch((error: unknown) => {
        if (!hasCode(error, 'ENOTEMPTY', 'EEXIST')) throw error;
        throw new StorageError('SNAPSHOT_EXISTS', `VM ${vmId} has a snapshot ${tag} already`, { cause: error });
      });
      await syncPath(vmFolder);
    });
  }

  /** Idempotent. */
  async destroy(vmId: string, tag: string): Promise<void> {
    mustBeTag(tag);
    await this.#remove(this.folder(vmId, tag));
    // The last one gone: nothing is left of it. Others there, or nothing at all, is fine.
    await rmdir(this.#vmFolder(vmId)).catch((error: unknown) => {
      if (!hasCode(error, 'ENOTEMPTY', 'ENOENT')) throw error;
    });
  }

  destroyAll(vmId: string): Promise<void> {
    return this.#remove(this.#vmFolder(vmId));
  }

  folder(vmId: string, tag: string): string {
    return path.join(this.#vmFolder(vmId), tag);
  }

  async #remove(folder: string): Promise<void> {
    await this.#folders.withStaging(async (staging) => {
      await rename(folder, path.join(staging, 'removed')).catch((error: unknown) => {
        if (!hasCode(error, 'ENOENT')) throw error;
      });
      await rm(staging, { recursive: true, force: true });
    });
  }

  get #root(): string {
    return path.join(this.#folders.root, FOLDER);
  }

  #vmFolder(vmId: string): string {
    return path.join(this.#root, path.basename(this.#folders.folder(vmId)));
  }
}

/** Empty only when the folder is not there. */
async function entriesOf(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}
