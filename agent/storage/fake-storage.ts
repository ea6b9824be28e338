// A storage without qemu-img, for `npm run dev:fake` and fast tests: same folders, same answers, disks are small JSON files.
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { DiskFolders } from './disk-folders.ts';
import { BOOT_DISK } from './disk-name.ts';
import { StorageError, type StorageErrorCode } from './errors.ts';
import {
  changeFakeDisk,
  type FakeDisk,
  fakeBackingOf,
  readFakeDisk,
  readFakeImage,
  fakeStateAt as stateAt,
  writeFakeDisk,
} from './fake-disk.ts';
import { FakeSnapshots } from './fake-snapshots.ts';
import { diskUseOf } from './disk-use.ts';
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
} from './interface.ts';
import { setAside } from './set-aside.ts';

/** The methods a test may make fail. */
export type FailingStorageMethod =
  | 'prepareSource'
  | 'createImage'
  | 'addDisk'
  | 'removeDisk'
  | 'destroyImage'
  | 'setOwner'
  | 'resizeImage'
  | 'createSnapshot'
  | 'revertSnapshot'
  | 'destroySnapshot'
  | 'cloneSnapshot'
  | 'exportDisk'
  | 'compact'
  | 'changedBytes'
  | 'usedBytes'
  | 'diskUse';

export class FakeStorage implements Storage {
  readonly name: string = 'fake';
  readonly format = 'qcow2';
  readonly snapshotsBy = 'engine';
  /** Tests turn it on, for what is counted. */
  copiesShareBlocks = false;
  readonly #folders: DiskFolders;
  readonly #snapshots: FakeSnapshots;
  /** The next result of `finishReverts`. */
  readonly unfinishedReverts: UnfinishedRevert[] = [];
  /** Represents what other storages store of an image. */
  readonly #sources = new Set<string>();
  readonly #failures = new Map<FailingStorageMethod, StorageErrorCode>();

  constructor(options: { directory: string }) {
    this.#folders = new DiskFolders(options.directory, this.format);
    this.#snapshots = new FakeSnapshots(this.#folders);
  }

  /** The next call of `method` rejects with `code` and changes nothing. */
  failNext(method: FailingStorageMethod, code: StorageErrorCode): void {
    this.#failures.set(method, code);
  }

  init(): Promise<void> {
    return this.#folders.init();
  }

  describe(): string {
    return `stand-ins for disks at ${this.#folders.root}`;
  }

  async prepareSource(source: DiskSource): Promise<void> {
    this.#failIfAsked('prepareSource');
    await readFakeImage(source.path);
    this.#sources.add(source.path);
  }

  async sources(): Promise<string[]> {
    return [...this.#sources].sort();
  }

  async sweepSources(): Promise<void> {
    for (const source of this.#sources) if (!existsSync(source)) this.#sources.delete(source);
  }

  async createImage(
    vmId: string,
    source: DiskSource | null,
    sizeMiB: number,
    options: CreateOptions = {},
  ): Promise<VmDisk> {
    this.#failIfAsked('createImage');
    const disk = await newDisk(source, sizeMiB, options.standalone ?? false);
    if (source && !options.standalone) this.#sources.add(source.path);
    await this.#folders.create(vmId, async (folder) => {
      writeFakeDisk(path.join(folder, this.#folders.fileName(BOOT_DISK)), disk);
    });
    return this.diskOf(vmId);
  }

  async addDisk(
    vmId: string,
    name: string,
    sizeMiB: number,
    source: DiskSource | null = null,
    { standalone = false }: CreateOptions = {},
  ): Promise<VmDisk> {
    this.#failIfAsked('addDisk');
    const disk = await newDisk(source, sizeMiB, standalone);
    if (source && !standalone) this.#sources.add(source.path);
    await this.#folders.add(vmId, name, async (diskPath) => writeFakeDisk(diskPath, disk));
    return this.diskOf(vmId, name);
  }

  async removeDisk(vmId: string, name: string): Promise<void> {
    this.#failIfAsked('removeDisk');
    if (name === BOOT_DISK) throw new StorageError('STORAGE_FAILED', 'a VM without a boot disk is none');
    const diskPath = this.#folders.diskPath(vmId, name);
    if (!(await this.#folders.exists(vmId, name))) return;
    const isHeld = readFakeDisk(diskPath).snapshots.length > 0;
    if (isHeld) await setAside(this.#folders.folder(vmId), this.#folders.fileName(name));
    else await rm(diskPath);
  }

  disks(vmId: string): Promise<string[]> {
    return this.#folders.disks(vmId);
  }

  async destroyImage(vmId: string): Promise<void> {
    this.#failIfAsked('destroyImage');
    await this.#folders.destroy(vmId);
  }

  exists(vmId: string): Promise<boolean> {
    return this.#folders.exists(vmId);
  }

  diskOf(vmId: string, name: string = BOOT_DISK): VmDisk {
    const diskPath = this.#folders.diskPath(vmId, name);
    const backing = fakeBackingOf(diskPath);
    return { path: diskPath, format: 'qcow2', backing: backing === null ? null : { path: backing, format: 'qcow2' } };
  }

  folderOf(vmId: string): string {
    return this.#folders.folder(vmId);
  }

  async setOwner(vmId: string, owner: DiskOwner | null): Promise<void> {
    this.#failIfAsked('setOwner');
    await this.#folders.setOwner(vmId, owner);
  }

  async sizeMiB(vmId: string, name: string = BOOT_DISK): Promise<number> {
    return readFakeDisk(await this.#folders.mustExist(vmId, name)).sizeMiB;
  }

  async resizeImage(vmId: string, sizeMiB: number, name: string = BOOT_DISK): Promise<void> {
    this.#failIfAsked('resizeImage');
    changeFakeDisk(await this.#folders.mustExist(vmId, name), (disk) => {
      if (sizeMiB < disk.sizeMiB) {
        throw new StorageError('STORAGE_FAILED', `the disk has ${disk.sizeMiB} MiB and can only grow`);
      }
      disk.sizeMiB = sizeMiB;
    });
  }

  list(): Promise<string[]> {
    return this.#folders.list();
  }

  async createSnapshot(vmId: string, tag: string): Promise<void> {
    this.#failIfAsked('createSnapshot');
    await this.#snapshots.create(vmId, tag);
  }

  async revertSnapshot(vmId: string, tag: string): Promise<void> {
    this.#failIfAsked('revertSnapshot');
    await this.#snapshots.revert(vmId, tag, (name) => this.removeDisk(vmId, name));
  }

  async tidy(): Promise<void> {}

  async finishReverts(): Promise<UnfinishedRevert[]> {
    return this.unfinishedReverts.splice(0);
  }

  async destroySnapshot(vmId: string, tag: string): Promise<void> {
    this.#failIfAsked('destroySnapshot');
    await this.#snapshots.destroy(vmId, tag);
  }

  listSnapshots(vmId: string): Promise<{ tag: string; vmStateBytes: number }[]> {
    return this.#snapshots.list(vmId);
  }

  async snapshotBytes(vmId: string, tag: string): Promise<number> {
    await this.#snapshots.disks(vmId, tag);
    return (await this.listSnapshots(vmId)).find((snapshot) => snapshot.tag === tag)?.vmStateBytes ?? 0;
  }

  async changedBytes(vmId: string, tag: string, otherTag: string): Promise<Map<string, number | Uncounted>> {
    this.#failIfAsked('changedBytes');
    return this.#snapshots.changedBytes(vmId, tag, otherTag);
  }

  async cloneSnapshot(vmId: string, tag: string, newVmId: string, options: CloneSnapshotOptions = {}): Promise<void> {
    this.#failIfAsked('cloneSnapshot');
    await this.#snapshots.clone(vmId, tag, newVmId, options);
  }

  async exportDisk(
    vmId: string,
    name: string,
    tag: string | null,
    targetPath: string,
    { signal }: ExportOptions,
  ): Promise<void> {
    this.#failIfAsked('exportDisk');
    signal.throwIfAborted();
    const part =
      tag === null ? null : (await this.#snapshots.disks(vmId, tag)).find((candidate) => candidate.name === name);
    if (tag !== null && !part) {
      throw new StorageError('DISK_NOT_FOUND', `snapshot ${tag} of VM ${vmId} has no disk ${name}`);
    }
    const diskPath = part?.path ?? (await this.#folders.mustExist(vmId, name));
    writeFakeDisk(targetPath, { ...stateAt(diskPath, tag), snapshots: [] });
  }

  async compact(vmId: string): Promise<{ freedBytes: number }> {
    this.#failIfAsked('compact');
    await this.#folders.mustExist(vmId);
    return { freedBytes: 0 };
  }

  async usedBytes(vmId: string): Promise<number> {
    this.#failIfAsked('usedBytes');
    return this.#folders.usedBytes(vmId);
  }

  diskUse(vmIds: readonly string[]): Promise<Map<string, DiskUse | Error>> {
    return diskUseOf(vmIds, async (vmId) => {
      this.#failIfAsked('diskUse');
      return this.#snapshots.diskUse(vmId);
    });
  }

  space(): Promise<{ freeBytes: number; totalBytes: number }> {
    return this.#folders.space();
  }

  #failIfAsked(method: FailingStorageMethod): void {
    const code = this.#failures.get(method);
    if (!code) return;
    this.#failures.delete(method);
    throw new StorageError(code, `${method} was told to fail`);
  }
}

async function newDisk(source: DiskSource | null, sizeMiB: number, standalone: boolean): Promise<FakeDisk> {
  if (source === null) return { sizeMiB, files: {}, snapshots: [] };
  const image = await readFakeImage(source.path);
  if (sizeMiB < image.sizeMiB) {
    const message = `a disk of ${sizeMiB} MiB is smaller than its image (${image.sizeMiB} MiB)`;
    throw new StorageError('STORAGE_FAILED', message);
  }
  return { sizeMiB, files: image.files, snapshots: [], ...(!standalone && { backing: source.path }) };
}
