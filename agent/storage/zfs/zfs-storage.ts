// Disks in ZFS, a dataset (or volume) for each: clones and snapshots take milliseconds at any size. A revert never rolls back,
// which would destroy newer snapshots: it starts a new line from the snapshot (decision 0019). Chosen by `../load.ts`.
import path from 'node:path';
import { DiskFolders } from '../disk-folders.ts';
import { BOOT_DISK, sortDiskNames } from '../disk-name.ts';
import { diskUseOf } from '../disk-use.ts';
import { giveFolder, makePassable, ownUser } from '../disk-owner.ts';
import { StorageError } from '../errors.ts';
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
import { checkSource } from '../qcow2/qcow2-source.ts';
import { QemuImg, type QemuImgOptions } from '../qemu-img.ts';
import { VmLines } from './vm-lines.ts';
import { FileVolumes, type ZfsVolumes } from './volumes.ts';
import { ZfsDatasets } from './zfs-datasets.ts';
import type { ZfsParts } from './zfs-parts.ts';
import { exportLine, ZfsSnapshots } from './zfs-snapshots.ts';
import { ZfsSources } from './zfs-sources.ts';
import { type ZfsRunner, ZfsTool } from './zfs-tool.ts';

const BYTES_PER_MIB = 1024 * 1024;

export interface ZfsOptions extends QemuImgOptions {
  /** The dataset that holds all; it must be there, and mounted. */
  dataset: string;
  /** Where it is mounted. */
  directory: string;
  /** Tests put their own in; default: the `zfs` command. */
  run?: ZfsRunner;
  /** Default: files in datasets. */
  makeVolumes?: (zfs: ZfsTool) => ZfsVolumes;
  /** How much of a disk is read at most to count what differs between two snapshots. Default: 256 MiB. */
  mostCountedBytes?: number;
}

export class ZfsStorage implements Storage {
  readonly name = 'zfs';
  readonly format = 'raw';
  readonly snapshotsBy = 'storage';
  /** OpenZFS 2.2 and newer could, where it is turned on; nothing tells. */
  readonly copiesShareBlocks = false;
  readonly #dataset: string;
  readonly #parts: ZfsParts;
  readonly #sources: ZfsSources;
  readonly #lines: VmLines;
  readonly #snapshots: ZfsSnapshots;

  constructor({ dataset, directory, run, makeVolumes, mostCountedBytes, ...tool }: ZfsOptions) {
    this.#dataset = dataset;
    const zfs = new ZfsTool(run);
    const mountOf = (full: string) => path.join(directory, path.basename(full));
    this.#parts = {
      zfs,
      datasets: new ZfsDatasets(zfs, dataset),
      volumes: makeVolumes?.(zfs) ?? new FileVolumes(zfs, mountOf),
      folders: new DiskFolders(directory, this.format),
      qemuImg: new QemuImg(tool),
    };
    this.#sources = new ZfsSources(this.#parts);
    this.#lines = new VmLines(this.#parts);
    this.#snapshots = new ZfsSnapshots(this.#parts, this.#lines, mostCountedBytes);
  }

  async init(): Promise<void> {
    await this.#parts.qemuImg.mustBeThere();
    const mountedAt = await this.#parts.zfs.get(this.#dataset, 'mountpoint');
    const isMounted = (await this.#parts.zfs.get(this.#dataset, 'mounted')) === 'yes';
    if (mountedAt !== this.#parts.folders.root || !isMounted) {
      const where = isMounted ? `mounted at ${mountedAt}` : 'not mounted';
      throw new StorageError(
        'STORAGE_FAILED',
        `the dataset ${this.#dataset} is ${where}, not at ${this.#parts.folders.root}`,
      );
    }
    await this.#parts.folders.init();
    for (const name of await this.#parts.datasets.leftovers()) await this.#parts.datasets.removed(name, true);
    await this.#lines.sweepAll();
    await this.#sources.dropOthers();
    await this.#sources.sweep();
  }

  describe(): string {
    return `zfs, ${this.#parts.volumes.what} below ${this.#dataset} at ${this.#parts.folders.root}`;
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

  tidy(): Promise<void> {
    return this.#parts.datasets.removeHeld();
  }

  async createImage(
    vmId: string,
    source: DiskSource | null,
    sizeMiB: number,
    options: CreateOptions = {},
  ): Promise<VmDisk> {
    await this.#lines.create(vmId, (add) => this.#make(vmId, BOOT_DISK, source, sizeMiB, ownUser(), options, add));
    return this.diskOf(vmId);
  }

  async addDisk(
    vmId: string,
    name: string,
    sizeMiB: number,
    source: DiskSource | null = null,
    options: CreateOptions = {},
  ): Promise<VmDisk> {
    this.#parts.folders.fileName(name);
    if (name in (await this.#lines.registry.read(vmId))) {
      throw new StorageError('DISK_EXISTS', `VM ${vmId} has a disk ${name} already`);
    }
    const owner = await this.#lines.ownerOf(vmId);
    await this.#lines.change(vmId, (add) => this.#make(vmId, name, source, sizeMiB, owner, options, add));
    return this.diskOf(vmId, name);
  }

  async removeDisk(vmId: string, name: string): Promise<void> {
    if (name === BOOT_DISK) throw new StorageError('STORAGE_FAILED', 'a VM without a boot disk is none');
    const { [name]: line, ...others } = await this.#lines.registry.read(vmId);
    if (line === undefined) return;
    await this.#lines.registry.write(vmId, others);
    await this.#lines.sweepVm(vmId);
  }

  async disks(vmId: string): Promise<string[]> {
    return sortDiskNames(Object.keys(await this.#lines.registry.read(vmId)));
  }

  async destroyImage(vmId: string): Promise<void> {
    await this.#parts.folders.destroy(vmId);
    await this.#parts.datasets.remove(await this.#parts.datasets.lines(vmId));
    // What it was cloned from may have waited for it.
    await this.#lines.sweepAll();
    await this.#sources.sweepHeld();
  }

  async exists(vmId: string): Promise<boolean> {
    return (await this.#lines.registry.find(vmId)) !== null;
  }

  diskOf(vmId: string, name: string = BOOT_DISK): VmDisk {
    this.#parts.folders.fileName(name);
    const line = this.#lines.registry.readNow(vmId)?.[name] ?? `${vmId}:${name}`;
    return { path: this.#parts.volumes.diskPath(this.#parts.datasets.full(line)), format: 'raw', backing: null };
  }

  folderOf(vmId: string): string {
    return this.#lines.filesOf(vmId);
  }

  async setOwner(vmId: string, owner: DiskOwner | null): Promise<void> {
    const lines = await this.#lines.registry.read(vmId);
    const before = await this.#lines.ownerOf(vmId);
    const user = owner ?? ownUser();
    if (user.uid !== ownUser().uid) {
      await makePassable(this.#parts.folders.root);
      await makePassable(this.#parts.folders.folder(vmId));
    }
    const given: string[] = [];
    try {
      for (const line of Object.values(lines)) {
        await this.#parts.volumes.give(this.#parts.datasets.full(line), user);
        given.push(line);
      }
      await giveFolder(this.folderOf(vmId), user);
    } catch (error) {
      for (const line of given) await this.#parts.volumes.give(this.#parts.datasets.full(line), before).catch(() => {});
      throw error;
    }
  }

  async sizeMiB(vmId: string, name: string = BOOT_DISK): Promise<number> {
    return (await this.#parts.volumes.bytes(await this.#lineOf(vmId, name))) / BYTES_PER_MIB;
  }

  async resizeImage(vmId: string, sizeMiB: number, name: string = BOOT_DISK): Promise<void> {
    await this.#parts.volumes.grow(await this.#lineOf(vmId, name), sizeMiB * BYTES_PER_MIB);
  }

  list(): Promise<string[]> {
    return this.#parts.folders.list();
  }

  createSnapshot(vmId: string, tag: string): Promise<void> {
    return this.#snapshots.create(vmId, tag);
  }

  revertSnapshot(vmId: string, tag: string): Promise<void> {
    return this.#snapshots.apply(vmId, tag);
  }

  /** A revert is one step: the registry. */
  async finishReverts(): Promise<[]> {
    return [];
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

  cloneSnapshot(vmId: string, tag: string, newVmId: string, options: CloneSnapshotOptions = {}): Promise<void> {
    return this.#snapshots.clone(vmId, tag, newVmId, options);
  }

  async exportDisk(
    vmId: string,
    name: string,
    tag: string | null,
    targetPath: string,
    options: ExportOptions,
  ): Promise<void> {
    if (tag !== null) return this.#snapshots.export(vmId, name, tag, targetPath, options);
    const line = await this.#lineOf(vmId, name);
    return exportLine(this.#parts, line, await this.#lines.ownerOf(vmId), targetPath, options);
  }

  /** ZFS itself keeps nothing that is not needed; what a busy dataset left behind goes now. */
  async compact(vmId: string): Promise<{ freedBytes: number }> {
    const before = await this.usedBytes(vmId);
    await this.#lines.sweepVm(vmId);
    return { freedBytes: Math.max(0, before - (await this.usedBytes(vmId))) };
  }

  async usedBytes(vmId: string): Promise<number> {
    await this.#lines.registry.read(vmId);
    const used = await this.#parts.zfs.getAll(this.#dataset, 'used');
    const lines = await this.#parts.datasets.lines(vmId);
    return lines.reduce((sum, line) => sum + Number(used.get(this.#parts.datasets.full(line.name)) ?? 0), 0);
  }

  async diskUse(vmIds: readonly string[]): Promise<Map<string, DiskUse | Error>> {
    const { zfs, datasets } = this.#parts;
    const used = await zfs.getAll(this.#dataset, 'used');
    const usedNow = await zfs.getAll(this.#dataset, 'usedbydataset');
    const linesOf = Map.groupBy(await datasets.lines(), (line) => line.vmId);
    const sum = (names: readonly string[], of: Map<string, string>) =>
      names.reduce((bytes, name) => bytes + Number(of.get(datasets.full(name)) ?? 0), 0);
    return diskUseOf(vmIds, async (vmId) => {
      const diskBytes = sum(Object.values(await this.#lines.registry.read(vmId)), usedNow);
      const names = (linesOf.get(vmId) ?? []).map(({ name }) => name);
      return { diskBytes, snapshotBytes: Math.max(0, sum(names, used) - diskBytes) };
    });
  }

  async space(): Promise<{ freeBytes: number; totalBytes: number }> {
    const freeBytes = Number(await this.#parts.zfs.get(this.#dataset, 'available'));
    return { freeBytes, totalBytes: freeBytes + Number(await this.#parts.zfs.get(this.#dataset, 'used')) };
  }

  async #make(
    vmId: string,
    disk: string,
    source: DiskSource | null,
    sizeMiB: number,
    owner: DiskOwner,
    options: CreateOptions,
    add: (disk: string, line: string) => void,
  ): Promise<void> {
    const { datasets, volumes, qemuImg } = this.#parts;
    const bytes = sizeMiB * BYTES_PER_MIB;
    if (source) await checkSource(source, sizeMiB);
    if (source && !options.standalone) {
      const line = await this.#lines.clone(await this.#sources.prepare(source, options), vmId, disk, owner);
      add(disk, line);
      await volumes.grow(datasets.full(line), bytes);
      return;
    }
    const line = datasets.newLine(vmId, disk);
    add(disk, line);
    await volumes.create(datasets.full(line), bytes);
    // Nothing is kept of a source that no other disk will come from.
    if (source) await qemuImg.fillRaw(source, volumes.diskPath(datasets.full(line)), options);
    await volumes.give(datasets.full(line), owner);
  }

  /** Whole name of the dataset a disk is on now. */
  async #lineOf(vmId: string, name: string): Promise<string> {
    const line = (await this.#lines.registry.read(vmId))[name];
    if (line !== undefined) return this.#parts.datasets.full(line);
    throw new StorageError('DISK_NOT_FOUND', `VM ${vmId} has no disk ${name}`);
  }
}
