// The datasets of the ZFS storage, all below one: `<vmId>:<disk>:<random>` is a line of a disk, with a snapshot for each tag on
// it; `source:<image>:<version>:<random>` is the source for clones of an image, once it has a snapshot; `staging:…` is
// temporary; `@gone:…` is a snapshot that waits for its last clone and had to release its tag. VM ids and tags contain no colon.
import { randomBytes, randomUUID } from 'node:crypto';
import { StorageError } from '../errors.ts';
import { isBusy, isNeeded, type ZfsEntry, type ZfsTool } from './zfs-tool.ts';

export interface Line {
  vmId: string;
  disk: string;
  /** Name without the datasets above. */
  name: string;
  /** The snapshot it was cloned from, `<name>@<snapshot>` without the datasets above. */
  origin: string | null;
  /** All of its snapshots in the order in which they were taken, also those that are no tags any more. */
  snapshots: string[];
  tags: string[];
  /** Tags of snapshots that only wait for their last clone: they no longer count as snapshots. */
  goingTags: string[];
}

const SOURCE = 'source';
const STAGING = 'staging';
const GONE = 'gone:';
/** Clones of images come from this one. */
export const SOURCE_SNAPSHOT = 'base';

export class ZfsDatasets {
  readonly #zfs: ZfsTool;
  /** Names of datasets that were in use when they should be removed, and whether with their snapshots. */
  readonly #held = new Map<string, boolean>();
  /** The dataset above all of them. */
  readonly parent: string;

  constructor(zfs: ZfsTool, parent: string) {
    this.#zfs = zfs;
    this.parent = parent;
  }

  full(name: string): string {
    return `${this.parent}/${name}`;
  }

  newLine(vmId: string, disk: string): string {
    return `${vmId}:${disk}:${randomBytes(6).toString('hex')}`;
  }

  newStaging(): string {
    return `${STAGING}:${randomUUID()}`;
  }

  newSource(image: string, version: string): string {
    return `${SOURCE}:${image}:${version}:${randomBytes(6).toString('hex')}`;
  }

  /** All datasets of the storage, without foreign ones. */
  async lines(vmId?: string): Promise<Line[]> {
    const lines = new Map<string, Line>();
    for (const { name, origin, isGoing } of await this.#entries()) {
      const [dataset = '', tag] = name.split('@');
      const [owner = '', disk] = dataset.split(':');
      if (disk === undefined || owner === SOURCE || owner === STAGING || (vmId !== undefined && owner !== vmId))
        continue;
      const line = lines.get(dataset) ?? emptyLine(owner, disk, dataset);
      lines.set(dataset, line);
      if (tag === undefined) line.origin = origin;
      else line.snapshots.push(tag);
      if (tag !== undefined && !tag.startsWith(GONE)) (isGoing ? line.goingTags : line.tags).push(tag);
    }
    return [...lines.values()];
  }

  /** Names of datasets that were being created when the agent was killed. */
  async leftovers(): Promise<string[]> {
    const names = await this.#names();
    const isHalfSource = (name: string) =>
      name.startsWith(`${SOURCE}:`) && !names.includes(`${name}@${SOURCE_SNAPSHOT}`);
    return names.filter((name) => !name.includes('@') && (name.startsWith(`${STAGING}:`) || isHalfSource(name)));
  }

  /** Those that are whole. */
  async sources(image?: string): Promise<{ name: string; version: string }[]> {
    const suffix = `@${SOURCE_SNAPSHOT}`;
    return (await this.#names()).flatMap((entry) => {
      if (!entry.startsWith(`${SOURCE}:`) || !entry.endsWith(suffix)) return [];
      const name = entry.slice(0, -suffix.length);
      const [, of, version = ''] = name.split(':');
      return image === undefined || image === of ? [{ name, version }] : [];
    });
  }

  /**
   * From here on it does not count as a snapshot; its blocks are freed with the last clone made from it. It is not renamed,
   * because ZFS would unmount the clones, which guests have open.
   */
  forget(line: string, tag: string): Promise<void> {
    return this.#zfs.destroyLater(this.full(`${line}@${tag}`));
  }

  /** For a new snapshot with the same tag. STORAGE_FAILED while a guest runs on a clone of the old one. */
  freeTag(line: string, tag: string): Promise<void> {
    return this.#zfs.rename(this.full(`${line}@${tag}`), this.full(`${line}@${GONE}${randomUUID()}`));
  }

  /** Removes these lines, each as soon as no other of them hangs on it. What others need stays, without its tags. */
  async remove(lines: readonly Line[]): Promise<void> {
    let left = [...lines];
    for (let before = Number.POSITIVE_INFINITY; left.length > 0 && left.length < before; ) {
      before = left.length;
      const kept: Line[] = [];
      for (const line of left) if (!(await this.removed(line.name, true))) kept.push(line);
      left = kept;
    }
    for (const line of left) for (const tag of line.tags) await this.forget(line.name, tag);
  }

  /** False if something depends on it, or a process has it open: a later sweep, or {@link removeHeld}, tries again. */
  async removed(name: string, withSnapshots: boolean): Promise<boolean> {
    this.#held.delete(name);
    try {
      await this.#zfs.destroy(this.full(name), { withSnapshots });
      return true;
    } catch (error) {
      // A source may be wanted again when its image is back: those are left to their own sweep.
      if (isBusy(error) && !name.startsWith(`${SOURCE}:`)) this.#held.set(name, withSnapshots);
      if (isNeeded(error) || isBusy(error)) return false;
      throw error;
    }
  }

  /**
   * Removes datasets that were in use before, which zfs-fuse reports for seconds after the last file was closed. Runs no
   * command if there are none.
   */
  async removeHeld(): Promise<void> {
    // As it is now: what is still in use is put in again.
    const held = [...this.#held];
    for (const [name, withSnapshots] of held) await this.removed(name, withSnapshots);
  }

  async #names(): Promise<string[]> {
    return (await this.#entries()).map(({ name }) => name);
  }

  /** All below the parent, named relative to it. */
  async #entries(): Promise<ZfsEntry[]> {
    const prefix = `${this.parent}/`;
    return (await this.#zfs.list(this.parent)).flatMap((entry) =>
      entry.name.startsWith(prefix)
        ? [{ ...entry, name: entry.name.slice(prefix.length), origin: entry.origin?.replace(prefix, '') ?? null }]
        : [],
    );
  }
}

function emptyLine(vmId: string, disk: string, name: string): Line {
  return { vmId, disk, name, origin: null, snapshots: [], tags: [], goingTags: [] };
}

/** The lines with a snapshot, by disk. SNAPSHOT_NOT_FOUND if the boot disk has none: then it is incomplete. */
export function holdersOf(lines: readonly Line[], vmId: string, tag: string, bootDisk: string): Map<string, Line> {
  const holders = new Map(lines.filter((line) => line.tags.includes(tag)).map((line) => [line.disk, line]));
  if (holders.has(bootDisk)) return holders;
  throw new StorageError('SNAPSHOT_NOT_FOUND', `VM ${vmId} has no snapshot ${tag}`);
}
