// The snapshots of the fake storage. As in a qcow2 file, each disk holds its own; a removed disk that a snapshot still has is kept aside.
import { rename } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { DiskFolders } from './disk-folders.ts';
import { BOOT_DISK } from './disk-name.ts';
import { StorageError } from './errors.ts';
import {
  changeFakeDisk,
  FAKE_VM_STATE_BYTES,
  type FakeFiles,
  fakeBackingOf,
  readFakeDisk,
  fakeSnapshotIn as snapshotIn,
  fakeStateAt as stateAt,
  writeFakeDisk,
} from './fake-disk.ts';
import type { CloneSnapshotOptions, DiskUse, Uncounted } from './interface.ts';
import { pairedDisks } from './paired-disks.ts';
import { asideDisks, dropAside } from './set-aside.ts';
import { mustBeTag } from './snapshot-tag.ts';

interface Part {
  name: string;
  path: string;
}

export class FakeSnapshots {
  readonly #folders: DiskFolders;

  constructor(folders: DiskFolders) {
    this.#folders = folders;
  }

  /** SNAPSHOT_EXISTS. */
  async create(vmId: string, tag: string): Promise<void> {
    mustBeTag(tag);
    const paths = (await this.#now(vmId)).map((disk) => disk.path);
    if (paths.some((diskPath) => snapshotIn(diskPath, tag))) {
      throw new StorageError('SNAPSHOT_EXISTS', `VM ${vmId} has a snapshot ${tag} already`);
    }
    for (const diskPath of paths) {
      changeFakeDisk(diskPath, (disk) => {
        disk.snapshots.push({ tag, disk: disk.files, sizeMiB: disk.sizeMiB, ram: null });
      });
    }
  }

  /** `removeDisk` takes away what has the name of a disk that comes back. SNAPSHOT_NOT_FOUND. */
  async revert(vmId: string, tag: string, removeDisk: (name: string) => Promise<void>): Promise<void> {
    for (const part of await this.disks(vmId, tag)) {
      const diskPath = this.#folders.diskPath(vmId, part.name);
      if (part.path !== diskPath) {
        await removeDisk(part.name);
        await rename(part.path, diskPath);
      }
      changeFakeDisk(diskPath, (disk) => {
        const found = disk.snapshots.find((snapshot) => snapshot.tag === tag);
        disk.files = found?.disk ?? disk.files;
        disk.sizeMiB = found?.sizeMiB ?? disk.sizeMiB;
      });
    }
  }

  async destroy(vmId: string, tag: string): Promise<void> {
    mustBeTag(tag);
    for (const { path: diskPath } of await this.#now(vmId)) {
      changeFakeDisk(diskPath, (disk) => {
        disk.snapshots = disk.snapshots.filter((snapshot) => snapshot.tag !== tag);
      });
    }
    const known = new Set((await this.list(vmId)).map((snapshot) => snapshot.tag));
    for (const aside of await this.#aside(vmId)) {
      if (!readFakeDisk(aside.path).snapshots.some((snapshot) => known.has(snapshot.tag))) await dropAside(aside);
    }
  }

  async list(vmId: string): Promise<{ tag: string; vmStateBytes: number }[]> {
    const disk = readFakeDisk(await this.#folders.mustExist(vmId));
    return disk.snapshots.map(({ tag, ram }) => ({ tag, vmStateBytes: ram === null ? 0 : FAKE_VM_STATE_BYTES }));
  }

  /** What a snapshot holds, including disks that were removed since. SNAPSHOT_NOT_FOUND. */
  async disks(vmId: string, tag: string): Promise<Part[]> {
    mustBeTag(tag);
    const all = [...(await this.#now(vmId)), ...(await this.#aside(vmId))];
    const parts = all.filter((part) => snapshotIn(part.path, tag));
    if (parts[0]?.name === BOOT_DISK) return parts;
    throw new StorageError('SNAPSHOT_NOT_FOUND', `VM ${vmId} has no snapshot ${tag}`);
  }

  /** Makes another VM as this one was. SNAPSHOT_NOT_FOUND, DISK_EXISTS. */
  async clone(vmId: string, tag: string, newVmId: string, options: CloneSnapshotOptions): Promise<void> {
    const { withSnapshot = true, alongside, signal = new AbortController().signal } = options;
    const parts = await this.disks(vmId, tag);
    await this.#folders.create(newVmId, async (folder) => {
      for (const part of parts) {
        const found = snapshotIn(part.path, tag);
        const backing = fakeBackingOf(part.path);
        if (!found) continue;
        const snapshots = withSnapshot ? [found] : [];
        const disk = { ...stateAt(part.path, tag), snapshots, ...(backing !== null && { backing }) };
        writeFakeDisk(path.join(folder, this.#folders.fileName(part.name)), disk);
      }
      await alongside?.(folder, signal);
    });
  }

  /** By disk; only of those that both hold. */
  async changedBytes(vmId: string, tag: string, otherTag: string): Promise<Map<string, number | Uncounted>> {
    const parts = await this.disks(vmId, tag);
    const others = await this.disks(vmId, otherTag);
    return pairedDisks(parts, others, async (one, other) =>
      differingFakeBytes(stateAt(one.path, tag).files, stateAt(other.path, otherTag).files),
    );
  }

  /** Of a snapshot what differs from the disk counts, whole. */
  async diskUse(vmId: string): Promise<DiskUse> {
    let [diskBytes, snapshotBytes] = [0, 0];
    for (const { path: diskPath } of await this.#now(vmId)) {
      const { files, snapshots } = readFakeDisk(diskPath);
      diskBytes += fakeBytes(files);
      for (const { disk } of snapshots) if (!isDeepStrictEqual(disk, files)) snapshotBytes += fakeBytes(disk);
    }
    for (const { path: file } of await this.#aside(vmId)) snapshotBytes += fakeBytes(readFakeDisk(file).files);
    return { diskBytes, snapshotBytes };
  }

  async #now(vmId: string): Promise<Part[]> {
    const names = await this.#folders.disks(vmId);
    return names.map((name) => ({ name, path: this.#folders.diskPath(vmId, name) }));
  }

  #aside(vmId: string): ReturnType<typeof asideDisks> {
    return asideDisks(this.#folders.folder(vmId), 'qcow2');
  }
}

/** Stands for blocks: what the text of the files takes. */
function fakeBytes(files: FakeFiles): number {
  return Buffer.byteLength(JSON.stringify(files));
}

/** Of files that are not in both, or not the same. */
function differingFakeBytes(one: FakeFiles, other: FakeFiles): number {
  const names = Object.keys({ ...one, ...other }).filter((name) => one[name] !== other[name]);
  return names.reduce((sum, name) => sum + Buffer.byteLength(name + (one[name] ?? '') + (other[name] ?? '')), 0);
}
