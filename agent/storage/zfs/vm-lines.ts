// Creates and removes the lines of VMs (the datasets they write to). A VM's folder and its registry decide: datasets that no
// registry names are leftovers, unless they have a snapshot. Used by `zfs-storage.ts`.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { ownerOf } from '../disk-owner.ts';
import type { DiskOwner } from '../interface.ts';
import { LineRegistry, type Lines } from './line-registry.ts';
import type { Line } from './zfs-datasets.ts';
import type { ZfsParts } from './zfs-parts.ts';

/** Beside the registry in a VM's folder, the part that is the VM's user's. */
const FILES = 'files';

export class VmLines {
  readonly registry: LineRegistry;
  readonly #parts: ZfsParts;
  /** VMs with datasets whose registry is not written yet: no sweep takes those for rests. */
  readonly #busy = new Map<string, number>();

  constructor(parts: ZfsParts) {
    this.#parts = parts;
    this.registry = new LineRegistry((vmId) => parts.folders.folder(vmId));
  }

  /** A new VM: `make` fills in its lines, then `fill` its user’s folder. DISK_EXISTS; all or nothing. */
  async create(
    vmId: string,
    make: (add: (disk: string, line: string) => void) => Promise<void>,
    fill?: (folder: string) => Promise<void>,
  ): Promise<void> {
    const { folders } = this.#parts;
    folders.folder(vmId);
    await this.#undoing(vmId, async (lines) => {
      await make((disk, line) => {
        lines[disk] = line;
      });
      await folders.create(vmId, async (folder) => {
        const files = path.join(folder, FILES);
        await mkdir(files, { mode: 0o700 });
        await fill?.(files);
        await this.registry.writeIn(folder, lines);
      });
    });
  }

  /** New lines for an existing VM; they are valid once the registry is written. All or nothing. */
  async change(vmId: string, make: (add: (disk: string, line: string) => void) => Promise<void>): Promise<void> {
    const before = await this.registry.read(vmId);
    await this.#undoing(vmId, async (lines) => {
      await make((disk, line) => {
        lines[disk] = line;
      });
      await this.registry.write(vmId, { ...before, ...lines });
    });
  }

  /** A line that continues from a snapshot. */
  async clone(snapshot: string, vmId: string, disk: string, owner: DiskOwner): Promise<string> {
    const { zfs, datasets, volumes } = this.#parts;
    const line = datasets.newLine(vmId, disk);
    await zfs.clone(snapshot, datasets.full(line));
    try {
      await volumes.give(datasets.full(line), owner);
    } catch (error) {
      await datasets.removed(line, true);
      throw error;
    }
    return line;
  }

  /** The folder in which a VM's files are its user's. */
  filesOf(vmId: string): string {
    return path.join(this.#parts.folders.folder(vmId), FILES);
  }

  ownerOf(vmId: string): Promise<DiskOwner> {
    return ownerOf(this.filesOf(vmId));
  }

  /** Removes unneeded lines of one VM: those that are not current and have no snapshot. */
  async sweepVm(vmId: string): Promise<void> {
    const current = new Set(Object.values(await this.registry.read(vmId)));
    await this.#removeEmpty((await this.#parts.datasets.lines(vmId)).filter((line) => !current.has(line.name)));
  }

  /** The same for all VMs, including those that no longer exist. */
  async sweepAll(): Promise<void> {
    const byVm = Map.groupBy(await this.#parts.datasets.lines(), (line) => line.vmId);
    for (const [vmId, lines] of byVm) {
      if (this.#busy.has(vmId)) continue;
      const registry = await this.registry.find(vmId);
      if (registry === null) await this.#parts.datasets.remove(lines);
      else {
        const current = new Set(Object.values(registry));
        await this.#removeEmpty(lines.filter((line) => !current.has(line.name)));
      }
    }
  }

  async #removeEmpty(lines: readonly Line[]): Promise<void> {
    for (const line of lines) if (line.tags.length === 0) await this.#parts.datasets.removed(line.name, false);
  }

  /** Lines that `work` made go again when it fails. */
  async #undoing(vmId: string, work: (lines: Lines) => Promise<void>): Promise<void> {
    const lines: Lines = {};
    this.#busy.set(vmId, (this.#busy.get(vmId) ?? 0) + 1);
    try {
      await work(lines);
    } catch (error) {
      for (const line of Object.values(lines)) await this.#parts.datasets.removed(line, true);
      throw error;
    } finally {
      const others = (this.#busy.get(vmId) ?? 1) - 1;
      if (others > 0) this.#busy.set(vmId, others);
      else this.#busy.delete(vmId);
    }
  }
}
