// Snapshots of a VM whose disks are qcow2: one inside each disk's file, with the tag as its name. The one of the boot disk
// decides: it is created last and removed first. Used by `qcow2-storage.ts`.
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { DiskFolders } from '../disk-folders.ts';
import { BOOT_DISK } from '../disk-name.ts';
import { StorageError } from '../errors.ts';
import type { Uncounted, UnfinishedRevert } from '../interface.ts';
import { pairedDisks } from '../paired-disks.ts';
import type { QemuImg } from '../qemu-img.ts';
import { asideDisks, dropAside, setAside } from '../set-aside.ts';
import { mustBeTag } from '../snapshot-tag.ts';
import { snapshotArguments } from './arguments.ts';
import { BegunReverts } from './begun-reverts.ts';
import { differingSnapshotBytes, ownSnapshotBytes } from './own-snapshot-bytes.ts';
import type { DiskFile } from './qcow2-copies.ts';
import { type Qcow2Snapshot, readQcow2Snapshots } from './qcow2-snapshots.ts';

export class DiskSnapshots {
  readonly #folders: DiskFolders;
  readonly #qemuImg: QemuImg;
  readonly #begunReverts: BegunReverts;

  constructor(folders: DiskFolders, qemuImg: QemuImg) {
    this.#folders = folders;
    this.#qemuImg = qemuImg;
    this.#begunReverts = new BegunReverts(folders.root);
  }

  /** The boot disk comes last: a snapshot in it is complete. */
  async create(vmId: string, tag: string): Promise<void> {
    const names = await this.#folders.disks(vmId);
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

  async apply(vmId: string, tag: string): Promise<void> {
    this.#mustHave(vmId, tag);
    const apply = () => this.#apply(vmId, tag);
    const isOneStep = (await this.parts(vmId, tag)).length === 1;
    await (isOneStep ? apply() : this.#begunReverts.during(vmId, tag, apply));
  }

  async finishReverts(): Promise<UnfinishedRevert[]> {
    const failed: UnfinishedRevert[] = [];
    for (const { vmId, tag } of await this.#begunReverts.list()) {
      try {
        if (await this.#folders.exists(vmId)) await this.#apply(vmId, tag);
      } catch (error) {
        if (!(error instanceof StorageError)) throw error;
        failed.push({ vmId, tag, error });
      }
      await this.#begunReverts.forget(vmId);
    }
    return failed;
  }

  /** The boot disk comes first, so that after a crash the rest does not count as a snapshot. */
  async destroy(vmId: string, tag: string): Promise<void> {
    for (const name of await this.#holding(vmId, tag)) await this.#snapshot(vmId, 'delete', name, tag);
    await this.#dropUnheld(vmId);
  }

  async list(vmId: string): Promise<{ tag: string; vmStateBytes: number }[]> {
    const bytes = new Map<string, number>();
    for (const name of await this.#folders.disks(vmId)) {
      for (const { tag, vmStateBytes } of this.#snapshotsOf(vmId, name)) {
        bytes.set(tag, (bytes.get(tag) ?? 0) + vmStateBytes);
      }
    }
    return [...bytes].map(([tag, vmStateBytes]) => ({ tag, vmStateBytes }));
  }

  async bytes(vmId: string, tag: string): Promise<number> {
    this.#mustHave(vmId, tag);
    let bytes = 0;
    for (const part of await this.parts(vmId, tag)) bytes += await ownSnapshotBytes(part.path, tag);
    return bytes;
  }

  async changedBytes(vmId: string, tag: string, otherTag: string): Promise<Map<string, number | Uncounted>> {
    const parts = await this.parts(vmId, tag);
    const others = await this.parts(vmId, otherTag);
    // One that was removed and made anew is another disk.
    return pairedDisks(parts, others, async (one, other) =>
      one.path === other.path ? differingSnapshotBytes(one.path, tag, otherTag) : 'remade',
    );
  }

  /** Repeating it has the same result. */
  async #apply(vmId: string, tag: string): Promise<void> {
    await this.#bringBack(vmId, tag);
    for (const name of await this.#holding(vmId, tag)) await this.#snapshot(vmId, 'apply', name, tag);
  }

  #snapshotsOf(vmId: string, name: string): Qcow2Snapshot[] {
    return readQcow2Snapshots(this.#folders.diskPath(vmId, name));
  }

  #mustHave(vmId: string, tag: string): void {
    mustBeTag(tag);
    if (this.#snapshotsOf(vmId, BOOT_DISK).some((snapshot) => snapshot.tag === tag)) return;
    throw new StorageError('SNAPSHOT_NOT_FOUND', `VM ${vmId} has no snapshot ${tag}`);
  }

  /** The disks with a part of the snapshot, boot disk first. */
  async #holding(vmId: string, tag: string): Promise<string[]> {
    mustBeTag(tag);
    const names = await this.#folders.disks(vmId);
    return names.filter((name) => this.#snapshotsOf(vmId, name).some((snapshot) => snapshot.tag === tag));
  }

  /** The files with the snapshot, including disks that were removed since. */
  async parts(vmId: string, tag: string): Promise<DiskFile[]> {
    this.#mustHave(vmId, tag);
    const parts = (await this.#holding(vmId, tag)).map((name) => ({ name, path: this.#folders.diskPath(vmId, name) }));
    for (const aside of await asideDisks(this.#folders.folder(vmId), 'qcow2')) {
      if (readQcow2Snapshots(aside.path).some((snapshot) => snapshot.tag === tag)) parts.push(aside);
    }
    return parts;
  }

  async fileAt(vmId: string, name: string, tag: string | null): Promise<string> {
    if (tag === null) return this.#folders.mustExist(vmId, name);
    this.#mustHave(vmId, tag);
    const part = (await this.parts(vmId, tag)).find((candidate) => candidate.name === name);
    if (part) return part.path;
    throw new StorageError('DISK_NOT_FOUND', `snapshot ${tag} of VM ${vmId} has no disk ${name}`);
  }

  #snapshot(vmId: string, action: 'create' | 'apply' | 'delete', name: string, tag: string): Promise<string> {
    return this.#runOn(vmId, snapshotArguments(action, this.#folders.fileName(name), tag));
  }

  /** Restores disks that were removed since the snapshot; a present disk with the same name is moved away. */
  async #bringBack(vmId: string, tag: string): Promise<void> {
    const folder = this.#folders.folder(vmId);
    for (const aside of await asideDisks(folder, 'qcow2')) {
      if (!readQcow2Snapshots(aside.path).some((snapshot) => snapshot.tag === tag)) continue;
      await this.removeDisk(vmId, aside.name);
      await rename(aside.path, path.join(folder, this.#folders.fileName(aside.name)));
    }
  }

  /** Removed disks are kept for snapshots of the VM only. */
  async #dropUnheld(vmId: string): Promise<void> {
    const known = new Set(this.#snapshotsOf(vmId, BOOT_DISK).map(({ tag }) => tag));
    for (const aside of await asideDisks(this.#folders.folder(vmId), 'qcow2')) {
      if (!readQcow2Snapshots(aside.path).some(({ tag }) => known.has(tag))) await dropAside(aside);
    }
  }

  async removeDisk(vmId: string, name: string): Promise<void> {
    if (name === BOOT_DISK) throw new StorageError('STORAGE_FAILED', 'a VM without a boot disk is none');
    const diskPath = this.#folders.diskPath(vmId, name);
    if (!(await this.#folders.exists(vmId, name))) return;
    const isHeld = readQcow2Snapshots(diskPath).length > 0;
    if (isHeld) await setAside(this.#folders.folder(vmId), this.#folders.fileName(name));
    else await rm(diskPath, { force: true });
  }

  /** Runs qemu-img in the VM's folder, as the user who owns it: see `../disk-tool.ts`. */
  async #runOn(vmId: string, args: string[]): Promise<string> {
    const { folder, owner } = await this.#folders.ownedFolder(vmId);
    return this.#qemuImg.run(args, { cwd: folder, owner });
  }
}
