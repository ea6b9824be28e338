// Snapshots with ZFS: one of each disk's line, with the tag as its name. The one of the boot disk decides: it is created last
// and removed first. Used by `zfs-storage.ts`.
import path from 'node:path';
import { BOOT_DISK, sortDiskNames } from '../disk-name.ts';
import { ownUser } from '../disk-owner.ts';
import { StorageError } from '../errors.ts';
import { exportFile } from '../export-file.ts';
import type { CloneSnapshotOptions, DiskOwner, ExportOptions, Uncounted } from '../interface.ts';
import { flattenArguments } from '../qcow2/arguments.ts';
import { pairedDisks } from '../paired-disks.ts';
import { mustBeTag } from '../snapshot-tag.ts';
import { type Increment, incrementsBetween } from './descent.ts';
import type { VmLines } from './vm-lines.ts';
import { holdersOf, type Line } from './zfs-datasets.ts';
import type { ZfsParts } from './zfs-parts.ts';

export class ZfsSnapshots {
  readonly #parts: ZfsParts;
  readonly #lines: VmLines;
  readonly #mostBytes: number;

  /** `mostBytes`: of a disk, to count what differs between two snapshots. Default: 256 MiB. */
  constructor(parts: ZfsParts, lines: VmLines, mostBytes = 256 * 1024 * 1024) {
    this.#parts = parts;
    this.#lines = lines;
    this.#mostBytes = mostBytes;
  }

  async create(vmId: string, tag: string): Promise<void> {
    mustBeTag(tag);
    const { zfs, datasets } = this.#parts;
    const lines = await this.#lines.registry.read(vmId);
    const known = await datasets.lines(vmId);
    if (known.some((line) => line.tags.includes(tag))) {
      throw new StorageError('SNAPSHOT_EXISTS', `VM ${vmId} has a snapshot ${tag} already`);
    }
    const current = new Set(Object.values(lines));
    for (const { name, goingTags } of known) {
      if (current.has(name) && goingTags.includes(tag)) await datasets.freeTag(name, tag);
    }
    const made: string[] = [];
    try {
      for (const name of sortDiskNames(Object.keys(lines)).toReversed()) {
        const snapshot = `${datasets.full(lines[name] ?? '')}@${tag}`;
        await zfs.snapshot(snapshot);
        made.push(snapshot);
      }
    } catch (error) {
      for (const snapshot of made) await zfs.destroy(snapshot).catch(() => {});
      throw error;
    }
  }

  async apply(vmId: string, tag: string): Promise<void> {
    const holders = await this.#holders(vmId, tag);
    const owner = await this.#lines.ownerOf(vmId);
    await this.#lines.change(vmId, async (add) => {
      for (const [disk, line] of holders) {
        add(disk, await this.#lines.clone(this.#at(line, tag), vmId, disk, owner));
      }
    });
    await this.#lines.sweepVm(vmId);
  }

  async destroy(vmId: string, tag: string): Promise<void> {
    mustBeTag(tag);
    const { datasets } = this.#parts;
    await this.#lines.registry.read(vmId);
    const held = (await datasets.lines(vmId)).filter((line) => line.tags.includes(tag));
    held.sort((one, other) => Number(other.disk === BOOT_DISK) - Number(one.disk === BOOT_DISK));
    for (const line of held) await datasets.forget(line.name, tag);
    await this.#lines.sweepVm(vmId);
  }

  async list(vmId: string): Promise<{ tag: string; vmStateBytes: number }[]> {
    await this.#lines.registry.read(vmId);
    const tags = new Set((await this.#parts.datasets.lines(vmId)).flatMap((line) => line.tags));
    return [...tags].map((tag) => ({ tag, vmStateBytes: 0 }));
  }

  async bytes(vmId: string, tag: string): Promise<number> {
    let bytes = 0;
    for (const line of (await this.#holders(vmId, tag)).values()) {
      bytes += Number(await this.#parts.zfs.get(this.#at(line, tag), 'used'));
    }
    return bytes;
  }

  /**
   * What was written on the way from one to the other. Blocks that became holes count as far as a snapshot refers to less than the one
   * before it: ZFS lists all holes near what was written, whether they are new or not.
   */
  async changedBytes(vmId: string, tag: string, otherTag: string): Promise<Map<string, number | Uncounted>> {
    const named = async (of: string) => [...(await this.#holders(vmId, of))].map(([name, line]) => ({ name, line }));
    // Also those of others, which this one may have been cloned from.
    const lines = await this.#parts.datasets.lines();
    return pairedDisks(await named(tag), await named(otherTag), async (one, other) => {
      const points = [
        { line: one.line.name, snapshot: tag },
        { line: other.line.name, snapshot: otherTag },
      ] as const;
      const increments = incrementsBetween(lines, ...points);
      return increments === null ? 'unrelated' : this.#sum(increments);
    });
  }

  async #sum(increments: readonly Increment[]): Promise<number | Uncounted> {
    const { zfs, datasets } = this.#parts;
    let bytes = 0;
    for (const { from, to } of increments) {
      const [before, after] = [from, to].map(({ line, snapshot }) => `${datasets.full(line)}@${snapshot}`) as [
        string,
        string,
      ];
      const writtenBytes = await zfs.writtenBytes(before, after, this.#mostBytes - bytes);
      if (writtenBytes === null) return 'tooMuch';
      const [held, heldNow] = [await zfs.get(before, 'referenced'), await zfs.get(after, 'referenced')].map(Number);
      bytes += writtenBytes + Math.max(0, (held ?? 0) - (heldNow ?? 0));
    }
    return bytes;
  }

  async clone(
    vmId: string,
    tag: string,
    newVmId: string,
    { withSnapshot = true, alongside, signal = new AbortController().signal }: CloneSnapshotOptions,
  ): Promise<void> {
    const { zfs, datasets } = this.#parts;
    const holders = await this.#holders(vmId, tag);
    const clones = async (add: (disk: string, line: string) => void) => {
      for (const [disk, line] of holders) {
        const made = await this.#lines.clone(this.#at(line, tag), newVmId, disk, ownUser());
        add(disk, made);
        if (withSnapshot) await zfs.snapshot(`${datasets.full(made)}@${tag}`);
      }
    };
    await this.#lines.create(newVmId, clones, alongside && ((folder) => alongside(folder, signal)));
  }

  /** From a clone that is there meanwhile, since not every ZFS shows what is in its snapshots. */
  async export(vmId: string, name: string, tag: string, targetPath: string, options: ExportOptions): Promise<void> {
    const { zfs, datasets, volumes } = this.#parts;
    const line = (await this.#holders(vmId, tag)).get(name);
    if (!line) throw new StorageError('DISK_NOT_FOUND', `snapshot ${tag} of VM ${vmId} has no disk ${name}`);
    const staging = datasets.newStaging();
    await zfs.clone(this.#at(line, tag), datasets.full(staging));
    try {
      await volumes.give(datasets.full(staging), ownUser());
      await exportLine(this.#parts, datasets.full(staging), ownUser(), targetPath, options);
    } finally {
      await datasets.removed(staging, true);
    }
  }

  #at(line: Line, tag: string): string {
    return `${this.#parts.datasets.full(line.name)}@${tag}`;
  }

  async #holders(vmId: string, tag: string): Promise<Map<string, Line>> {
    mustBeTag(tag);
    await this.#lines.registry.read(vmId);
    return holdersOf(await this.#parts.datasets.lines(vmId), vmId, tag, BOOT_DISK);
  }
}

/** One disk as a file of its own. See `Storage.exportDisk`. */
export function exportLine(
  { folders, volumes, qemuImg }: ZfsParts,
  dataset: string,
  owner: DiskOwner,
  targetPath: string,
  options: ExportOptions,
): Promise<void> {
  return exportFile(folders, owner, targetPath, options, async (staged, cwd) => {
    const diskPath = volumes.diskPath(dataset);
    const within = path.relative(folders.root, diskPath);
    // `./`: qemu-img takes what stands before a colon for a protocol. A volume's device is not below this folder.
    const from = within.startsWith('..') ? diskPath : `./${within}`;
    await qemuImg.copy(flattenArguments(from, 'raw', staged), { ...options, cwd, owner });
  });
}
