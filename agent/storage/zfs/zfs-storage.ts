// Disks in ZFS, a dataset (or volume) for each: clones and snapshots take milliseconds at any size. A revert never rolls
// back, which would destroy newer snapshots: it begins a new line of writing from the snapshot (decision 0019).
// Chosen by `../load.ts`.
import path from 'node:path';
import { DiskFolders } from '../disk-folders.ts';
import { BOOT_DISK, sortDiskNames } from '../disk-name.ts';
import { giveFolder, makePassable, ownerOf, ownUser } from '../disk-owner.ts';
import { runDiskTool } from '../disk-tool.ts';
import { StorageError } from '../errors.ts';
import { exportFile, runCopy } from '../export-file.ts';
import type { CopyOptions, CreateOptions, DiskOwner, DiskSource, Storage, VmDisk } from '../interface.ts';
import { flattenArguments } from '../qcow2/arguments.ts';
import { checkSource } from '../qcow2/qcow2-source.ts';
import { mustBeTag } from '../snapshot-tag.ts';
import { FILES, VmLines } from './vm-lines.ts';
import { FileVolumes, type ZfsVolumes } from './volumes.ts';
import { holdersOf, type Line, ZfsDatasets } from './zfs-datasets.ts';
import { ZfsSources } from './zfs-sources.ts';
import { type ZfsRunner, ZfsTool } from './zfs-tool.ts';

const BYTES_PER_MIB = 1024 * 1024;

export interface ZfsOptions {
  /** The dataset that holds all; it must be there, and mounted. */
  dataset: string;
  /** Where it is mounted. */
  directory: string;
  qemuImg?: string;
  /** Tests put their own in; default: the `zfs` command. */
  run?: ZfsRunner;
  /** Default: files in datasets. */
  makeVolumes?: (zfs: ZfsTool) => ZfsVolumes;
}

export class ZfsStorage implements Storage {
  readonly name = 'zfs';
  readonly format = 'raw';
  readonly snapshotsBy = 'storage';
  readonly #dataset: string;
  readonly #qemuImg: string;
  readonly #zfs: ZfsTool;
  readonly #volumes: ZfsVolumes;
  readonly #datasets: ZfsDatasets;
  readonly #sources: ZfsSources;
  readonly #folders: DiskFolders;
  readonly #lines: VmLines;

  constructor({ dataset, directory, qemuImg = 'qemu-img', run, makeVolumes }: ZfsOptions) {
    this.#dataset = dataset;
    this.#qemuImg = qemuImg;
    this.#folders = new DiskFolders(directory, this.format);
    this.#zfs = new ZfsTool(run);
    this.#datasets = new ZfsDatasets(this.#zfs, dataset);
    const mountOf = (full: string) => path.join(directory, path.basename(full));
    this.#volumes = makeVolumes?.(this.#zfs) ?? new FileVolumes(this.#zfs, mountOf);
    this.#sources = new ZfsSources(this.#zfs, this.#datasets, this.#volumes, qemuImg);
    this.#lines = new VmLines({
      zfs: this.#zfs,
      datasets: this.#datasets,
      volumes: this.#volumes,
      folders: this.#folders,
    });
  }

  async init(): Promise<void> {
    await runDiskTool(this.#qemuImg, ['--version']);
    const mountedAt = await this.#zfs.get(this.#dataset, 'mountpoint');
    const isMounted = (await this.#zfs.get(this.#dataset, 'mounted')) === 'yes';
    if (mountedAt !== this.#folders.root || !isMounted) {
      const where = isMounted ? `mounted at ${mountedAt}` : 'not mounted';
      throw new StorageError(
        'STORAGE_FAILED',
        `the dataset ${this.#dataset} is ${where}, not at ${this.#folders.root}`,
      );
    }
    await this.#folders.init();
    for (const name of await this.#datasets.leftovers()) await this.#datasets.removed(name, true);
    await this.#lines.sweepAll();
    await this.#sources.init(this.#dataset);
  }

  describe(): string {
    return `zfs, ${this.#volumes.what} below ${this.#dataset} at ${this.#folders.root}`;
  }

  async prepareSource(source: DiskSource, options: CopyOptions = {}): Promise<void> {
    await this.#sources.prepare(source, options);
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

  async addDisk(vmId: string, name: string, sizeMiB: number, source: DiskSource | null = null): Promise<VmDisk> {
    this.#folders.fileName(name);
    if (name in (await this.#lines.book.read(vmId))) {
      throw new StorageError('DISK_EXISTS', `VM ${vmId} has a disk ${name} already`);
    }
    const owner = await this.#ownerOf(vmId);
    await this.#lines.change(vmId, (add) => this.#make(vmId, name, source, sizeMiB, owner, {}, add));
    return this.diskOf(vmId, name);
  }

  async removeDisk(vmId: string, name: string): Promise<void> {
    if (name === BOOT_DISK) throw new StorageError('STORAGE_FAILED', 'a VM without a boot disk is none');
    const { [name]: line, ...others } = await this.#lines.book.read(vmId);
    if (line === undefined) return;
    await this.#lines.book.write(vmId, others);
    await this.#lines.sweepVm(vmId);
  }

  async disks(vmId: string): Promise<string[]> {
    return sortDiskNames(Object.keys(await this.#lines.book.read(vmId)));
  }

  async destroyImage(vmId: string): Promise<void> {
    await this.#folders.destroy(vmId);
    await this.#datasets.remove(await this.#datasets.lines(vmId));
    // What it was cloned from may have waited for it.
    await this.#lines.sweepAll();
  }

  async exists(vmId: string): Promise<boolean> {
    return (await this.#lines.book.find(vmId)) !== null;
  }

  diskOf(vmId: string, name: string = BOOT_DISK): VmDisk {
    this.#folders.fileName(name);
    const line = this.#lines.book.readNow(vmId)?.[name] ?? `${vmId}:${name}`;
    return { path: this.#volumes.diskPath(this.#datasets.full(line)), format: 'raw', backing: null };
  }

  folderOf(vmId: string): string {
    return path.join(this.#folders.folder(vmId), FILES);
  }

  async setOwner(vmId: string, owner: DiskOwner | null): Promise<void> {
    const lines = await this.#lines.book.read(vmId);
    const before = await this.#ownerOf(vmId);
    const user = owner ?? ownUser();
    if (user.uid !== ownUser().uid) {
      await makePassable(this.#folders.root);
      await makePassable(this.#folders.folder(vmId));
    }
    const given: string[] = [];
    try {
      for (const line of Object.values(lines)) {
        await this.#volumes.give(this.#datasets.full(line), user);
        given.push(line);
      }
      await giveFolder(this.folderOf(vmId), user);
    } catch (error) {
      for (const line of given) await this.#volumes.give(this.#datasets.full(line), before).catch(() => {});
      throw error;
    }
  }

  async sizeMiB(vmId: string, name: string = BOOT_DISK): Promise<number> {
    return (await this.#volumes.bytes(await this.#lineOf(vmId, name))) / BYTES_PER_MIB;
  }

  async resizeImage(vmId: string, sizeMiB: number, name: string = BOOT_DISK): Promise<void> {
    await this.#volumes.grow(await this.#lineOf(vmId, name), sizeMiB * BYTES_PER_MIB);
  }

  list(): Promise<string[]> {
    return this.#folders.list();
  }

  /** The boot disk comes last: what it holds is a whole snapshot. */
  async createSnapshot(vmId: string, tag: string): Promise<void> {
    mustBeTag(tag);
    const lines = await this.#lines.book.read(vmId);
    if ((await this.#datasets.lines(vmId)).some((line) => line.tags.includes(tag))) {
      throw new StorageError('SNAPSHOT_EXISTS', `VM ${vmId} has a snapshot ${tag} already`);
    }
    const made: string[] = [];
    try {
      for (const name of sortDiskNames(Object.keys(lines)).toReversed()) {
        const snapshot = `${this.#datasets.full(lines[name] ?? '')}@${tag}`;
        await this.#zfs.snapshot(snapshot);
        made.push(snapshot);
      }
    } catch (error) {
      for (const snapshot of made) await this.#zfs.destroy(snapshot).catch(() => {});
      throw error;
    }
  }

  async applySnapshot(vmId: string, tag: string): Promise<void> {
    const holders = await this.#holders(vmId, tag);
    const owner = await this.#ownerOf(vmId);
    await this.#lines.change(vmId, async (add) => {
      for (const [disk, line] of holders) {
        add(disk, await this.#lines.clone(`${this.#datasets.full(line.name)}@${tag}`, vmId, disk, owner));
      }
    });
    await this.#lines.sweepVm(vmId);
  }

  /** The boot disk comes first, so that what a crash leaves is no snapshot any more. */
  async destroySnapshot(vmId: string, tag: string): Promise<void> {
    mustBeTag(tag);
    await this.#lines.book.read(vmId);
    const held = (await this.#datasets.lines(vmId)).filter((line) => line.tags.includes(tag));
    held.sort((one, other) => Number(other.disk === BOOT_DISK) - Number(one.disk === BOOT_DISK));
    for (const line of held) await this.#datasets.forget(line.name, tag);
    await this.#lines.sweepVm(vmId);
  }

  async listSnapshots(vmId: string): Promise<{ tag: string; vmStateBytes: number }[]> {
    await this.#lines.book.read(vmId);
    const tags = new Set((await this.#datasets.lines(vmId)).flatMap((line) => line.tags));
    return [...tags].map((tag) => ({ tag, vmStateBytes: 0 }));
  }

  async snapshotBytes(vmId: string, tag: string): Promise<number> {
    let bytes = 0;
    for (const line of (await this.#holders(vmId, tag)).values()) {
      bytes += Number(await this.#zfs.get(`${this.#datasets.full(line.name)}@${tag}`, 'used'));
    }
    return bytes;
  }

  async cloneSnapshot(vmId: string, tag: string, newVmId: string): Promise<void> {
    const holders = await this.#holders(vmId, tag);
    await this.#lines.create(newVmId, async (add) => {
      for (const [disk, line] of holders) {
        const made = await this.#lines.clone(`${this.#datasets.full(line.name)}@${tag}`, newVmId, disk, ownUser());
        add(disk, made);
        await this.#zfs.snapshot(`${this.#datasets.full(made)}@${tag}`);
      }
    });
  }

  /** As it was: from a clone that is there meanwhile, since not every ZFS shows what is in its snapshots. */
  async exportDisk(
    vmId: string,
    name: string,
    tag: string | null,
    targetPath: string,
    options: CopyOptions = {},
  ): Promise<void> {
    if (tag === null) {
      const diskPath = this.#volumes.diskPath(await this.#lineOf(vmId, name));
      return this.#export(diskPath, await this.#ownerOf(vmId), targetPath, options);
    }
    const line = (await this.#holders(vmId, tag)).get(name);
    if (!line) throw new StorageError('DISK_NOT_FOUND', `snapshot ${tag} of VM ${vmId} has no disk ${name}`);
    const staging = this.#datasets.newStaging();
    await this.#zfs.clone(`${this.#datasets.full(line.name)}@${tag}`, this.#datasets.full(staging));
    try {
      await this.#volumes.give(this.#datasets.full(staging), ownUser());
      await this.#export(this.#volumes.diskPath(this.#datasets.full(staging)), ownUser(), targetPath, options);
    } finally {
      await this.#datasets.removed(staging, true);
    }
  }

  /** ZFS itself keeps nothing that is not needed; what a busy dataset left behind goes now. */
  async compact(vmId: string): Promise<{ freedBytes: number }> {
    const before = await this.usedBytes(vmId);
    await this.#lines.sweepVm(vmId);
    return { freedBytes: Math.max(0, before - (await this.usedBytes(vmId))) };
  }

  async usedBytes(vmId: string): Promise<number> {
    await this.#lines.book.read(vmId);
    const used = await this.#zfs.getAll(this.#dataset, 'used');
    const lines: Line[] = await this.#datasets.lines(vmId);
    return lines.reduce((sum, line) => sum + Number(used.get(this.#datasets.full(line.name)) ?? 0), 0);
  }

  async space(): Promise<{ freeBytes: number; totalBytes: number }> {
    const freeBytes = Number(await this.#zfs.get(this.#dataset, 'available'));
    return { freeBytes, totalBytes: freeBytes + Number(await this.#zfs.get(this.#dataset, 'used')) };
  }

  async #make(
    vmId: string,
    disk: string,
    source: DiskSource | null,
    sizeMiB: number,
    owner: DiskOwner,
    options: CopyOptions,
    add: (disk: string, line: string) => void,
  ): Promise<void> {
    const bytes = sizeMiB * BYTES_PER_MIB;
    if (source) await checkSource(source, sizeMiB);
    const line = source
      ? await this.#lines.clone(await this.#sources.prepare(source, options), vmId, disk, owner)
      : this.#datasets.newLine(vmId, disk);
    add(disk, line);
    if (source) await this.#volumes.grow(this.#datasets.full(line), bytes);
    else await this.#volumes.create(this.#datasets.full(line), bytes);
    await this.#volumes.give(this.#datasets.full(line), owner);
  }

  #export(diskPath: string, owner: DiskOwner, targetPath: string, options: CopyOptions): Promise<void> {
    return exportFile(this.#folders, owner, targetPath, async (staged, cwd) => {
      const within = path.relative(this.#folders.root, diskPath);
      // `./`: qemu-img takes what stands before a colon for a protocol. A volume's device is not below this folder.
      const from = within.startsWith('..') ? diskPath : `./${within}`;
      await runCopy(this.#qemuImg, flattenArguments(from, 'raw', staged), { ...options, cwd, owner });
    });
  }

  async #holders(vmId: string, tag: string): Promise<Map<string, Line>> {
    mustBeTag(tag);
    await this.#lines.book.read(vmId);
    return holdersOf(await this.#datasets.lines(vmId), vmId, tag, BOOT_DISK);
  }

  /** Whole name of the dataset a disk is on now. */
  async #lineOf(vmId: string, name: string): Promise<string> {
    const line = (await this.#lines.book.read(vmId))[name];
    if (line !== undefined) return this.#datasets.full(line);
    throw new StorageError('DISK_NOT_FOUND', `VM ${vmId} has no disk ${name}`);
  }

  #ownerOf(vmId: string): Promise<DiskOwner> {
    return ownerOf(this.folderOf(vmId));
  }
}
