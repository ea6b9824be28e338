// Disks as qcow2 overlays over images, with snapshots inside the files: works on every file system. Chosen by `../load.ts`.
import path from 'node:path';
import { DiskFolders } from '../disk-folders.ts';
import { BOOT_DISK } from '../disk-name.ts';
import { StorageError } from '../errors.ts';
import type {
  CloneSnapshotOptions,
  CreateOptions,
  DiskOwner,
  DiskSource,
  DiskUse,
  ExportOptions,
  Storage,
  Uncounted,
  UnfinishedRevert,
  VmDisk,
} from '../interface.ts';
import { QemuImg, type QemuImgOptions } from '../qemu-img.ts';
import { resizeArguments } from './arguments.ts';
import { DiskSnapshots } from './disk-snapshots.ts';
import { diskUseOf } from '../disk-use.ts';
import { qcow2DiskUse } from './qcow2-disk-use.ts';
import { Qcow2Copies, type Stoppable } from './qcow2-copies.ts';
import { readQcow2Header } from './qcow2-header.ts';
import { backingOf, checkSource } from './qcow2-source.ts';

const BYTES_PER_MIB = 1024 * 1024;

export interface Qcow2Options extends QemuImgOptions {
  /** Absolute folder of the disks; made when missing. */
  directory: string;
}

export class Qcow2Storage implements Storage {
  readonly name = 'qcow2';
  readonly format = 'qcow2';
  readonly snapshotsBy = 'engine';
  readonly copiesShareBlocks = false;
  readonly #folders: DiskFolders;
  readonly #copies: Qcow2Copies;
  readonly #snapshots: DiskSnapshots;
  readonly #qemuImg: QemuImg;

  constructor(options: Qcow2Options) {
    this.#folders = new DiskFolders(options.directory, this.format);
    this.#qemuImg = new QemuImg(options);
    this.#snapshots = new DiskSnapshots(this.#folders, this.#qemuImg);
    this.#copies = new Qcow2Copies(this.#folders, this.#qemuImg);
  }

  async init(): Promise<void> {
    await this.#folders.init();
    await this.#qemuImg.mustBeThere();
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

  async tidy(): Promise<void> {}

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

  removeDisk(vmId: string, name: string): Promise<void> {
    return this.#snapshots.removeDisk(vmId, name);
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

  createSnapshot(vmId: string, tag: string): Promise<void> {
    return this.#snapshots.create(vmId, tag);
  }

  revertSnapshot(vmId: string, tag: string): Promise<void> {
    return this.#snapshots.apply(vmId, tag);
  }

  finishReverts(): Promise<UnfinishedRevert[]> {
    return this.#snapshots.finishReverts();
  }

  destroySnapshot(vmId: string, tag: string): Promise<void> {
    return this.#snapshots.destroy(vmId, tag);
  }

  listSnapshots(vmId: string): Promise<{ tag: string; vmStateBytes: number }[]> {
    return this.#snapshots.list(vmId);
  }

  snapshotBytes(vmId: string, tag: string): Promise<number> {
    return this.#snapshots.bytes(vmId, tag);
  }

  changedBytes(vmId: string, tag: string, otherTag: string): Promise<Map<string, number | Uncounted>> {
    return this.#snapshots.changedBytes(vmId, tag, otherTag);
  }

  async cloneSnapshot(vmId: string, tag: string, newVmId: string, options: CloneSnapshotOptions = {}): Promise<void> {
    await this.#copies.cloneAt(vmId, await this.#snapshots.parts(vmId, tag), tag, newVmId, options);
  }

  async exportDisk(
    vmId: string,
    name: string,
    tag: string | null,
    targetPath: string,
    options: ExportOptions,
  ): Promise<void> {
    await this.#copies.flatten(vmId, await this.#snapshots.fileAt(vmId, name, tag), tag, targetPath, options);
  }

  async compact(vmId: string, options: Stoppable = {}): Promise<{ freedBytes: number }> {
    const before = await this.usedBytes(vmId);
    for (const name of await this.disks(vmId)) await this.#copies.compact(vmId, name, options);
    return { freedBytes: Math.max(0, before - (await this.usedBytes(vmId))) };
  }

  usedBytes(vmId: string): Promise<number> {
    return this.#folders.usedBytes(vmId);
  }

  diskUse(vmIds: readonly string[]): Promise<Map<string, DiskUse | Error>> {
    return diskUseOf(vmIds, (vmId) => qcow2DiskUse(this.#folders, vmId));
  }

  space(): Promise<{ freeBytes: number; totalBytes: number }> {
    return this.#folders.space();
  }

  /** Runs qemu-img in the VM's folder, as the user who owns it: see `../disk-tool.ts`. */
  async #runOn(vmId: string, args: string[]): Promise<string> {
    const { folder, owner } = await this.#folders.ownedFolder(vmId);
    return this.#qemuImg.run(args, { cwd: folder, owner });
  }
}
