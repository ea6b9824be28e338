// Everything in the qcow2 storage that copies disks: creation from an image, clones at a snapshot, exports, compaction.
import { realpath, rename } from 'node:fs/promises';
import path from 'node:path';
import type { DiskFolders } from '../disk-folders.ts';
import { together } from '../../host/together.ts';
import { giveFolder, ownUser } from '../disk-owner.ts';
import { COPY_TIMEOUT_MS, runDiskTool } from '../disk-tool.ts';
import { exportFile } from '../export-file.ts';
import type {
  CloneSnapshotOptions,
  CopyOptions,
  CreateOptions,
  DiskOwner,
  DiskSource,
  ExportOptions,
} from '../interface.ts';
import type { QemuImg } from '../qemu-img.ts';
import {
  copyOverlayArguments,
  diskNode,
  flattenArguments,
  repairLeaksArguments,
  resizeArguments,
  snapshotArguments,
} from './arguments.ts';
import { makeQcow2 } from './make-qcow2.ts';
import { readQcow2Header } from './qcow2-header.ts';
import { readQcow2Snapshots } from './qcow2-snapshots.ts';
import { backingFrom, backingOf } from './qcow2-source.ts';

const BYTES_PER_MIB = 1024 * 1024;

/** Copies that take time, and can be stopped. */
export type Stoppable = Pick<CopyOptions, 'signal'>;

/** A disk's name, and the file to copy for it. */
export interface DiskFile {
  name: string;
  path: string;
}

export class Qcow2Copies {
  readonly #folders: DiskFolders;
  readonly #qemuImg: QemuImg;

  constructor(folders: DiskFolders, qemuImg: QemuImg) {
    this.#folders = folders;
    this.#qemuImg = qemuImg;
  }

  /** A new disk at `diskPath`, of a source that was checked. */
  async make(diskPath: string, source: DiskSource | null, sizeMiB: number, options: CreateOptions): Promise<void> {
    if (source && options.standalone) await this.#qemuImg.makeStandalone(diskPath, source, sizeMiB, options);
    else await makeQcow2(diskPath, sizeMiB, source);
  }

  /** A new VM with these disks as they were at `tag`. See `Storage.cloneSnapshot`. */
  async cloneAt(
    vmId: string,
    disks: readonly DiskFile[],
    tag: string,
    newVmId: string,
    { withSnapshot = true, alongside, signal }: CloneSnapshotOptions,
  ): Promise<void> {
    const { owner } = await this.#folders.ownedFolder(vmId);
    await this.#folders.create(newVmId, async (staging) => {
      const copyDisks = async (stopping: AbortSignal) => {
        for (const { name, path: diskPath } of disks) {
          const fileName = this.#folders.fileName(name);
          await this.#copy(diskPath, path.join(staging, fileName), tag, owner, { signal: stopping });
          if (withSnapshot)
            await this.#qemuImg.run(snapshotArguments('create', fileName, tag), { cwd: staging, owner });
        }
      };
      // The folder is the user’s of the source meanwhile: what is put there is no safer than the copies of his disks.
      await together([copyDisks, async (stopping) => alongside?.(staging, stopping)], signal);
      await giveFolder(staging, ownUser());
    });
  }

  /** One disk as a separate file. See `Storage.exportDisk`. */
  async flatten(
    vmId: string,
    diskPath: string,
    tag: string | null,
    targetPath: string,
    options: ExportOptions,
  ): Promise<void> {
    const { owner } = await this.#folders.ownedFolder(vmId);
    await exportFile(this.#folders, owner, targetPath, options, async (staged, cwd) => {
      const source = diskNode(this.#within(diskPath), await backingFrom(diskPath, cwd));
      await this.#qemuImg.copy(flattenArguments(source, 'qcow2', staged, tag), { ...options, cwd, owner });
      await this.#cutTo(sizeAt(diskPath, tag), path.join(cwd, staged), owner);
    });
  }

  /** A disk without snapshots is copied without unused space; for one with snapshots only empty clusters are freed. */
  async compact(vmId: string, name: string, options: Stoppable): Promise<void> {
    const { folder, owner } = await this.#folders.ownedFolder(vmId);
    const fileName = this.#folders.fileName(name);
    const diskPath = path.join(folder, fileName);
    // 3: there were leaks, and they are repaired (man qemu-img).
    await this.#qemuImg.run(repairLeaksArguments(fileName), { cwd: folder, owner, okExitCodes: [0, 3] });
    if (readQcow2Snapshots(diskPath).length > 0) {
      const args = ['--dig-holes', '--', fileName];
      await runDiskTool('fallocate', args, { cwd: folder, owner, timeoutMs: COPY_TIMEOUT_MS, ...options });
      return;
    }
    await this.#folders.withStaging(async (staging) => {
      const target = path.join(staging, fileName);
      await this.#copy(diskPath, target, null, owner, options);
      await rename(target, diskPath);
    });
  }

  /** Makes an overlay over the same image with the same in it, in a folder that then is the owner's. */
  async #copy(
    diskPath: string,
    target: string,
    tag: string | null,
    owner: DiskOwner,
    options: Stoppable,
  ): Promise<void> {
    const cwd = await realpath(this.#folders.root);
    const below = await backingFrom(diskPath, cwd);
    const image = backingOf(diskPath);
    const sizeMiB = readQcow2Header(diskPath).virtualBytes / BYTES_PER_MIB;
    await makeQcow2(target, sizeMiB, image);
    await giveFolder(path.dirname(target), owner);
    const args = copyOverlayArguments(this.#within(diskPath), this.#within(target), below, tag);
    await this.#qemuImg.run(args, { cwd, owner, timeoutMs: COPY_TIMEOUT_MS, ...options });
    await this.#cutTo(sizeAt(diskPath, tag), target, owner);
  }

  /** A copy has the size the disk has now, though at its snapshot it may have been smaller. */
  async #cutTo(virtualBytes: number, diskPath: string, owner: DiskOwner): Promise<void> {
    if (readQcow2Header(diskPath).virtualBytes === virtualBytes) return;
    const args = resizeArguments(path.basename(diskPath), virtualBytes / BYTES_PER_MIB, { shrink: true });
    await this.#qemuImg.run(args, { cwd: path.dirname(diskPath), owner });
  }

  /** A file by its path from the folder of all disks. */
  #within(file: string): string {
    return path.relative(this.#folders.root, file);
  }
}

/** Size the guest saw at `tag`; null: sees now. */
function sizeAt(diskPath: string, tag: string | null): number {
  const now = readQcow2Header(diskPath).virtualBytes;
  if (tag === null) return now;
  return readQcow2Snapshots(diskPath).find((snapshot) => snapshot.tag === tag)?.virtualBytes ?? now;
}
