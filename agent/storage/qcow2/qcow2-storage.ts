// Disks as qcow2 overlays over an image: works on every file system, needs only qemu-img. Chosen by `../load.ts`.
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { DiskFolders } from '../disk-folders.ts';
import { BOOT_DISK } from '../disk-name.ts';
import { runDiskTool } from '../disk-tool.ts';
import { StorageError } from '../errors.ts';
import type { CopyOptions, CreateOptions, DiskOwner, DiskSource, Storage, VmDisk } from '../interface.ts';
import { asideDisks, dropAside, setAside } from '../set-aside.ts';
import { mustBeTag } from '../snapshot-tag.ts';
import { resizeArguments, snapshotArguments } from './arguments.ts';
import { type DiskFile, Qcow2Copies } from './qcow2-copies.ts';
import { readQcow2Header } from './qcow2-header.ts';
import { type Qcow2Snapshot, readQcow2Snapshots } from './qcow2-snapshots.ts';
import { backingOf, checkSource } from './qcow2-source.ts';

const BYTES_PER_MIB = 1024 * 1024;

export interface Qcow2Options {
  /** Absolute folder of the disks; made when missing. */
  directory: string;
  /** Default: `qemu-img` from PATH. */
  qemuImg?: string;
}

export class Qcow2Storage implements Storage {
  readonly name = 'qcow2';
  readonly format = 'qcow2';
  readonly snapshotsBy = 'engine';
  readonly #folders: DiskFolders;
  readonly #copies: Qcow2Copies;
  readonly #qemuImg: string;

  constructor(options: Qcow2Options) {
    this.#folders = new DiskFolders(options.directory, this.format);
    this.#qemuImg = options.qemuImg ?? 'qemu-img';
    this.#copies = new Qcow2Copies(this.#folders, this.#qemuImg);
  }

  async init(): Promise<void> {
    await this.#folders.init();
    await runDiskTool(this.#qemuImg, ['--version']);
  }

  describe(): string {
    return `qcow2 overlays at ${this.#folders.root}`;
  }

  /** Overlays need nothing but the image itself. */
  async prepareSource(source: DiskSource): Promise<void> {
    await checkSource(source);
  }

  async sources(): Promise<string[]> {
    return [];
  }

  async sweepSources(): Promise<void> {}

  async createImage(
    vmId: string,
    source: DiskSource | null,
    sizeMiB: number,
    options: CreateOptions = {},
  ): Promise<VmDisk> {
    if (source) await checkSource(source, sizeMiB);
    await this.#folders.create(vmId, (folder) =>
      this.#copies.make(path.join(folder, this.#folders.fileName(BOOT_DISK)), source, sizeMiB, options),
    );
    return this.diskOf(vmId);
  }

  async addDisk(
    vmId: string,
    name: string,
    sizeMiB: number,
    source: DiskSource | null = null,
    options: CreateOptions = {},
  ): Promise<VmDisk> {
    if (source) await checkSource(source, sizeMiB);
    await this.#folders.add(vmId, name, (diskPath) => this.#copies.make(diskPath, source, sizeMiB, options));
    return this.diskOf(vmId, name);
  }

  async removeDisk(vmId: string, name: string): Promise<void> {
    if (name === BOOT_DISK) throw new StorageError('STORAGE_FAILED', 'a VM without a boot disk is none');
    const diskPath = this.#folders.diskPath(vmId, name);
    if (!(await this.#folders.exists(vmId, name))) return;
    const isHeld = readQcow2Snapshots(diskPath).length > 0;
    if (isHeld) await setAside(this.#folders.folder(vmId), this.#folders.fileName(name));
    else await rm(diskPath, { force: true });
  }

  disks(vmId: string): Promise<string[]> {
    return this.#folders.disks(vmId);
  }

  destroyImage(vmId: string): Promise<void> {
    return this.#folders.destroy(vmId);
  }

  exists(vmId: string): Promise<boolean> {
    return this.#folders.exists(vmId);
  }

  diskOf(vmId: string, name: string = BOOT_DISK): VmDisk {
    const diskPath = this.#folders.diskPath(vmId, name);
    return { path: diskPath, format: 'qcow2', backing: backingOf(diskPath) };
  }

  folderOf(vmId: string): string {
    return this.#folders.folder(vmId);
  }

  setOwner(vmId: string, owner: DiskOwner | null): Promise<void> {
    return this.#folders.setOwner(vmId, owner);
  }

  async sizeMiB(vmId: string, name: string = BOOT_DISK): Promise<number> {
    return readQcow2Header(await this.#folders.mustExist(vmId, name)).virtualBytes / BYTES_PER_MIB;
  }

  async resizeImage(vmId: string, sizeMiB: number, name: string = BOOT_DISK): Promise<void> {
    const sizeNow = await this.sizeMiB(vmId, name);
    if (sizeMiB < sizeNow) {
      throw new StorageError('STORAGE_FAILED', `${name} of VM ${vmId} has ${sizeNow} MiB and can only grow`);
    }
    if (sizeMiB > sizeNow) await this.#runOn(vmId, resizeArguments(this.#folders.fileName(name), sizeMiB));
  }

  list(): Promise<string[]> {
    return this.#folders.list();
  }

  /** The boot disk comes last: what it holds is a whole snapshot. */
  async createSnapshot(vmId: string, tag: string): Promise<void> {
    const names = await this.disks(vmId);
    // qemu-img itself would make a second snapshot of the same name, and later apply the older of the two.
    if ((await this.#holding(vmId, tag)).length > 0) {
      throw new StorageError('SNAPSHOT_EXISTS', `VM ${vmId} has a snapshot ${tag} already`);
    }
    try {
      for (const name of names.toReversed()) await this.#snapshot(vmId, 'create', name, tag);
    } catch (error) {
      for (const name of names.slice(1)) await this.#snapshot(vmId, 'delete', name, tag).catch(() => {});
      throw error;
    }
  }

  async applySnapshot(vmId: string, tag: string): Promise<void> {
    this.#mustHave(vmId, tag);
    await this.#bringBack(vmId, tag);
    for (const name of await this.#holding(vmId, tag)) await this.#snapshot(vmId, 'apply', name, tag);
  }

  /** The boot disk comes first, so that what a crash leaves is no snapshot any more. */
  async destroySnapshot(vmId: string, tag: string): Promise<void> {
    for (const name of await this.#holding(vmId, tag)) await this.#snapshot(vmId, 'delete', name, tag);
    await this.#dropUnheld(vmId);
  }

  async listSnapshots(vmId: string): Promise<{ tag: string; vmStateBytes: number }[]> {
    const bytes = new Map<string, number>();
    for (const name of await this.disks(vmId)) {
      for (const { tag, vmStateBytes } of this.#snapshotsOf(vmId, name)) {
        bytes.set(tag, (bytes.get(tag) ?? 0) + vmStateBytes);
      }
    }
    return [...bytes].map(([tag, vmStateBytes]) => ({ tag, vmStateBytes }));
  }

  async snapshotBytes(vmId: string, tag: string): Promise<number> {
    this.#mustHave(vmId, tag);
    const found = (await this.listSnapshots(vmId)).find((snapshot) => snapshot.tag === tag);
    return found?.vmStateBytes ?? 0;
  }

  async cloneSnapshot(vmId: string, tag: string, newVmId: string): Promise<void> {
    this.#mustHave(vmId, tag);
    await this.#copies.cloneAt(vmId, await this.#partsOf(vmId, tag), tag, newVmId);
  }

  async exportDisk(
    vmId: string,
    name: string,
    tag: string | null,
    targetPath: string,
    options: CopyOptions = {},
  ): Promise<void> {
    await this.#copies.flatten(vmId, await this.#fileAt(vmId, name, tag), tag, targetPath, options);
  }

  async compact(vmId: string): Promise<{ freedBytes: number }> {
    const before = await this.usedBytes(vmId);
    for (const name of await this.disks(vmId)) await this.#copies.compact(vmId, name);
    return { freedBytes: Math.max(0, before - (await this.usedBytes(vmId))) };
  }

  usedBytes(vmId: string): Promise<number> {
    return this.#folders.usedBytes(vmId);
  }

  space(): Promise<{ freeBytes: number; totalBytes: number }> {
    return this.#folders.space();
  }

  #snapshotsOf(vmId: string, name: string): Qcow2Snapshot[] {
    return readQcow2Snapshots(this.#folders.diskPath(vmId, name));
  }

  #mustHave(vmId: string, tag: string): void {
    mustBeTag(tag);
    if (this.#snapshotsOf(vmId, BOOT_DISK).some((snapshot) => snapshot.tag === tag)) return;
    throw new StorageError('SNAPSHOT_NOT_FOUND', `VM ${vmId} has no snapshot ${tag}`);
  }

  /** The disks that hold a part of the snapshot, boot disk first. */
  async #holding(vmId: string, tag: string): Promise<string[]> {
    mustBeTag(tag);
    const names = await this.disks(vmId);
    return names.filter((name) => this.#snapshotsOf(vmId, name).some((snapshot) => snapshot.tag === tag));
  }

  /** The files that hold the snapshot, also of disks that were removed since. */
  async #partsOf(vmId: string, tag: string): Promise<DiskFile[]> {
    const parts = (await this.#holding(vmId, tag)).map((name) => ({ name, path: this.#folders.diskPath(vmId, name) }));
    for (const aside of await asideDisks(this.#folders.folder(vmId), this.format)) {
      if (readQcow2Snapshots(aside.path).some((snapshot) => snapshot.tag === tag)) parts.push(aside);
    }
    return parts;
  }

  async #fileAt(vmId: string, name: string, tag: string | null): Promise<string> {
    if (tag === null) return this.#folders.mustExist(vmId, name);
    this.#mustHave(vmId, tag);
    const part = (await this.#partsOf(vmId, tag)).find((candidate) => candidate.name === name);
    if (part) return part.path;
    throw new StorageError('DISK_NOT_FOUND', `snapshot ${tag} of VM ${vmId} has no disk ${name}`);
  }

  #snapshot(vmId: string, action: 'create' | 'apply' | 'delete', name: string, tag: string): Promise<string> {
    return this.#runOn(vmId, snapshotArguments(action, this.#folders.fileName(name), tag));
  }

  /** Puts disks in place again that were removed since the snapshot; one that has their name now makes way. */
  async #bringBack(vmId: string, tag: string): Promise<void> {
    const folder = this.#folders.folder(vmId);
    for (const aside of await asideDisks(folder, this.format)) {
      if (!readQcow2Snapshots(aside.path).some((snapshot) => snapshot.tag === tag)) continue;
      await this.removeDisk(vmId, aside.name);
      await rename(aside.path, path.join(folder, this.#folders.fileName(aside.name)));
    }
  }

  /** Removed disks are kept for snapshots of the VM only. */
  async #dropUnheld(vmId: string): Promise<void> {
    const known = new Set(this.#snapshotsOf(vmId, BOOT_DISK).map(({ tag }) => tag));
    for (const aside of await asideDisks(this.#folders.folder(vmId), this.format)) {
      if (!readQcow2Snapshots(aside.path).some(({ tag }) => known.has(tag))) await dropAside(aside);
    }
  }

  /** Runs qemu-img in the VM's folder, as the user who owns it: see `../disk-tool.ts`. */
  async #runOn(vmId: string, args: string[]): Promise<string> {
    const { folder, owner } = await this.#folders.ownedFolder(vmId);
    return runDiskTool(this.#qemuImg, args, { cwd: folder, owner });
  }
}
