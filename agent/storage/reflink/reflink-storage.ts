// Disks as raw files cloned by reflink (xfs, btrfs): clones, snapshots and reverts take milliseconds at any size, and guests
// read and write without the tables of qcow2. Needs qemu-img only to copy images in and out. Chosen by `../load.ts`.
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { DiskFolders } from '../disk-folders.ts';
import { BOOT_DISK } from '../disk-name.ts';
import { ownUser } from '../disk-owner.ts';
import { COPY_TIMEOUT_MS, runDiskTool } from '../disk-tool.ts';
import { StorageError } from '../errors.ts';
import { diskUseOf } from '../disk-use.ts';
import { exportFile } from '../export-file.ts';
import type {
  CloneSnapshotOptions,
  CopyOptions,
  CreateOptions,
  DiskOwner,
  DiskSource,
  DiskUse,
  ExportOptions,
  Storage,
  Uncounted,
  VmDisk,
} from '../interface.ts';
import { cloneFile, fileBytes, growFile, makeEmptyFile } from '../plain-file.ts';
import { flattenArguments } from '../qcow2/arguments.ts';
import { checkSource } from '../qcow2/qcow2-source.ts';
import type { Qcow2Options } from '../qcow2/qcow2-storage.ts';
import { QemuImg } from '../qemu-img.ts';
import { DecidedReverts } from './decided-reverts.ts';
import { RawSources } from './raw-sources.ts';
import { ReflinkDiskUse } from './reflink-disk-use.ts';
import { SnapshotFolders } from './snapshot-folders.ts';

const BYTES_PER_MIB = 1024 * 1024;

export interface ReflinkOptions extends Qcow2Options {
  /** Of the file system below, for people. */
  fileSystem?: string;
}

export class ReflinkStorage implements Storage {
  readonly name = 'reflink';
  readonly format = 'raw';
  readonly snapshotsBy = 'storage';
  readonly copiesShareBlocks = true;
  readonly #folders: DiskFolders;
  readonly #sources: RawSources;
  readonly #snapshots: SnapshotFolders;
  readonly #reverts: DecidedReverts;
  readonly #use: ReflinkDiskUse;
  readonly #qemuImg: QemuImg;
  readonly #fileSystem: string;

  constructor(options: ReflinkOptions) {
    this.#qemuImg = new QemuImg(options);
    this.#fileSystem = options.fileSystem ?? 'this file system';
    this.#folders = new DiskFolders(options.directory, this.format);
    this.#sources = new RawSources(this.#folders, this.#qemuImg);
    this.#snapshots = new SnapshotFolders(this.#folders);
    this.#reverts = new DecidedReverts(this.#folders);
    this.#use = new ReflinkDiskUse(this.#folders, this.#snapshots);
  }

  async init(): Promise<void> {
    await this.#folders.init();
    await this.#reverts.init();
    await this.#snapshots.init();
    await this.#sources.init();
    await this.#qemuImg.mustBeThere();
  }

  describe(): string {
    return `reflink copies on ${this.#fileSystem} at ${this.#folders.root}`;
  }

  async prepareSource(source: DiskSource, options: CopyOptions = {}): Promise<void> {
    await this.#sources.prepare(source, options);
  }

  sources(): Promise<string[]> {
    return this.#sources.images();
  }

  sweepSources(): Promise<void> {
    return this.#sources.sweep();
  }

  async tidy(): Promise<void> {}

  async createImage(
    vmId: string,
    source: DiskSource | null,
    sizeMiB: number,
    options: CreateOptions = {},
  ): Promise<VmDisk> {
    const fill = await this.#filling(source, sizeMiB, ownUser(), options);
    await this.#folders.create(vmId, (folder) => fill(path.join(folder, this.#folders.fileName(BOOT_DISK))));
    return this.diskOf(vmId);
  }

  async addDisk(
    vmId: string,
    name: string,
    sizeMiB: number,
    source: DiskSource | null = null,
    options: CreateOptions = {},
  ): Promise<VmDisk> {
    const { owner } = await this.#folders.ownedFolder(vmId);
    const fill = await this.#filling(source, sizeMiB, owner, options);
    await this.#folders.add(vmId, name, fill);
    return this.diskOf(vmId, name);
  }

  async removeDisk(vmId: string, name: string): Promise<void> {
    if (name === BOOT_DISK) throw new StorageError('STORAGE_FAILED', 'a VM without a boot disk is none');
    await rm(this.#folders.diskPath(vmId, name), { force: true });
  }

  disks(vmId: string): Promise<string[]> {
    return this.#folders.disks(vmId);
  }

  async destroyImage(vmId: string): Promise<void> {
    await this.#folders.destroy(vmId);
    await this.#snapshots.destroyAll(vmId);
  }

  exists(vmId: string): Promise<boolean> {
    return this.#folders.exists(vmId);
  }

  diskOf(vmId: string, name: string = BOOT_DISK): VmDisk {
    return { path: this.#folders.diskPath(vmId, name), format: 'raw', backing: null };
  }

  folderOf(vmId: string): string {
    return this.#folders.folder(vmId);
  }

  setOwner(vmId: string, owner: DiskOwner | null): Promise<void> {
    return this.#folders.setOwner(vmId, owner);
  }

  async sizeMiB(vmId: string, name: string = BOOT_DISK): Promise<number> {
    return (await fileBytes(await this.#folders.mustExist(vmId, name))) / BYTES_PER_MIB;
  }

  async resizeImage(vmId: string, sizeMiB: number, name: string = BOOT_DISK): Promise<void> {
    await growFile(await this.#folders.mustExist(vmId, name), sizeMiB * BYTES_PER_MIB);
  }

  list(): Promise<string[]> {
    return this.#folders.list();
  }

  async createSnapshot(vmId: string, tag: string): Promise<void> {
    await this.#snapshots.create(vmId, tag, await this.#files(vmId));
  }

  async revertSnapshot(vmId: string, tag: string): Promise<void> {
    const { owner } = await this.#folders.ownedFolder(vmId);
    const files = await this.#snapshots.files(vmId, tag);
    await this.#reverts.revert(vmId, async (staging) => {
      for (const { name, path: from } of files) {
        await cloneFile(from, path.join(staging, this.#folders.fileName(name)), owner);
      }
    });
  }

  /** `init` has ended those. */
  async finishReverts(): Promise<[]> {
    return [];
  }

  async destroySnapshot(vmId: string, tag: string): Promise<void> {
    await this.#folders.mustExist(vmId);
    await this.#snapshots.destroy(vmId, tag);
  }

  async listSnapshots(vmId: string): Promise<{ tag: string; vmStateBytes: number }[]> {
    await this.#folders.mustExist(vmId);
    return (await this.#snapshots.tags(vmId)).map((tag) => ({ tag, vmStateBytes: 0 }));
  }

  async snapshotBytes(vmId: string, tag: string): Promise<number> {
    await this.#folders.mustExist(vmId);
    return this.#use.snapshotBytes(vmId, tag);
  }

  async changedBytes(vmId: string, tag: string, otherTag: string): Promise<Map<string, number | Uncounted>> {
    await this.#folders.mustExist(vmId);
    return this.#use.changedBytes(vmId, tag, otherTag);
  }

  async cloneSnapshot(
    vmId: string,
    tag: string,
    newVmId: string,
    { withSnapshot = true, alongside, signal = new AbortController().signal }: CloneSnapshotOptions = {},
  ): Promise<void> {
    await this.#folders.mustExist(vmId);
    const parts = await this.#snapshots.files(vmId, tag);
    await this.#folders.create(newVmId, async (folder) => {
      for (const { name, path: from } of parts) {
        await cloneFile(from, path.join(folder, this.#folders.fileName(name)), ownUser());
      }
      if (await this.#folders.exists(newVmId)) throw this.#taken(newVmId);
      await alongside?.(folder, signal);
      if (!withSnapshot) return;
      // First its snapshot, then the VM, which is there with the rename that follows: a kill in between leaves none.
      await this.#snapshots.create(newVmId, tag, parts).catch((error: unknown) => {
        throw error instanceof StorageError && error.code === 'SNAPSHOT_EXISTS' ? this.#taken(newVmId) : error;
      });
    });
  }

  async exportDisk(
    vmId: string,
    name: string,
    tag: string | null,
    targetPath: string,
    options: ExportOptions,
  ): Promise<void> {
    const diskPath = await this.#fileAt(vmId, name, tag);
    const owner = tag === null ? (await this.#folders.ownedFolder(vmId)).owner : ownUser();
    await exportFile(this.#folders, owner, targetPath, options, async (staged, cwd) => {
      const args = flattenArguments(path.relative(this.#folders.root, diskPath), 'raw', staged);
      await this.#qemuImg.copy(args, { ...options, cwd, owner });
    });
  }

  /** Blocks of zeroes become holes. */
  async compact(vmId: string): Promise<{ freedBytes: number }> {
    const { folder, owner } = await this.#folders.ownedFolder(vmId);
    const before = await this.usedBytes(vmId);
    for (const name of await this.disks(vmId)) {
      const args = ['--dig-holes', '--', this.#folders.fileName(name)];
      await runDiskTool('fallocate', args, { cwd: folder, owner, timeoutMs: COPY_TIMEOUT_MS });
    }
    return { freedBytes: Math.max(0, before - (await this.usedBytes(vmId))) };
  }

  usedBytes(vmId: string): Promise<number> {
    return this.#use.usedBytes(vmId);
  }

  diskUse(vmIds: readonly string[]): Promise<Map<string, DiskUse | Error>> {
    return diskUseOf(vmIds, (vmId) => this.#use.of(vmId));
  }

  space(): Promise<{ freeBytes: number; totalBytes: number }> {
    return this.#folders.space();
  }

  /** What writes a new disk to the path it gets, once the source is checked and ready. */
  async #filling(
    source: DiskSource | null,
    sizeMiB: number,
    owner: DiskOwner,
    options: CreateOptions,
  ): Promise<(diskPath: string) => Promise<void>> {
    const bytes = sizeMiB * BYTES_PER_MIB;
    if (source === null) return (diskPath) => makeEmptyFile(diskPath, bytes);
    await checkSource(source, sizeMiB);
    if (options.standalone) {
      // Nothing is kept of a source that no other disk will come from.
      return async (diskPath) => {
        await makeEmptyFile(diskPath, bytes);
        await this.#qemuImg.fillRaw(source, diskPath, options);
      };
    }
    const raw = await this.#sources.prepare(source, options);
    return async (diskPath) => {
      await cloneFile(raw, diskPath, owner);
      await growFile(diskPath, bytes);
    };
  }

  async #files(vmId: string): Promise<{ name: string; path: string }[]> {
    return (await this.disks(vmId)).map((name) => ({ name, path: this.#folders.diskPath(vmId, name) }));
  }

  async #fileAt(vmId: string, name: string, tag: string | null): Promise<string> {
    if (tag === null) return this.#folders.mustExist(vmId, name);
    await this.#folders.mustExist(vmId);
    if ((await this.#snapshots.disks(vmId, tag)).includes(name)) return this.#snapshots.file(vmId, tag, name);
    throw new StorageError('DISK_NOT_FOUND', `snapshot ${tag} of VM ${vmId} has no disk ${name}`);
  }

  #taken(vmId: string): StorageError {
    return new StorageError('DISK_EXISTS', `VM ${vmId} has a disk already: ${this.#folders.folder(vmId)}`);
  }
}
