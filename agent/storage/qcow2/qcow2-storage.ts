// Disks as qcow2 overlays over an image: works on every file system, needs only qemu-img. Chosen by `../load.ts`.
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { RunError, runCommand } from '../../host/run-command.ts';
import { DISK_FILE, DiskFolders } from '../disk-folders.ts';
import { ownUser } from '../disk-owner.ts';
import { StorageError } from '../errors.ts';
import type { BackingFile, DiskOwner, DiskSource, Storage, VmDisk } from '../interface.ts';
import { isValidSnapshotTag } from '../snapshot-tag.ts';
import { createOverlayArguments, infoArguments, resizeArguments, snapshotArguments } from './arguments.ts';
import { readQcow2Header } from './qcow2-header.ts';

const BYTES_PER_MIB = 1024 * 1024;
/** qemu-img needs milliseconds for each of these; a minute means the disk below hangs. */
const TIMEOUT_MS = 60_000;

/** The part of `qemu-img info --output=json` used here (QEMU's qapi/block-core.json, ImageInfo). */
const imageInfoSchema = z.object({
  snapshots: z.array(z.object({ name: z.string(), 'vm-state-size': z.number() })).default([]),
});

export interface Qcow2Options {
  /** Absolute folder of the disks; made when missing. */
  directory: string;
  /** Default: `qemu-img` from PATH. */
  qemuImg?: string;
}

export class Qcow2Storage implements Storage {
  readonly name = 'qcow2';
  readonly ramPlacement = 'inDisk';
  readonly #folders: DiskFolders;
  readonly #qemuImg: string;

  constructor(options: Qcow2Options) {
    this.#folders = new DiskFolders(options.directory);
    this.#qemuImg = options.qemuImg ?? 'qemu-img';
  }

  async init(): Promise<void> {
    await this.#folders.init();
    await this.#run(['--version']);
  }

  async createImage(vmId: string, source: DiskSource, sizeMiB: number): Promise<VmDisk> {
    if (!path.isAbsolute(source.path)) throw new StorageError('STORAGE_FAILED', `not an absolute path: ${source.path}`);
    // An image may be a link to a file kept elsewhere; a VM's own disk never is.
    const image = readQcow2Header(await realpath(source.path).catch(() => source.path));
    if (image.backing || image.hasDataFile) {
      throw new StorageError('STORAGE_FAILED', `the image ${source.path} needs another file of the host to be whole`);
    }
    const imageMiB = image.virtualBytes / BYTES_PER_MIB;
    if (sizeMiB < imageMiB) {
      const message = `a disk of ${sizeMiB} MiB is smaller than its image (${Math.ceil(imageMiB)} MiB)`;
      throw new StorageError('STORAGE_FAILED', message);
    }
    await this.#folders.create(vmId, async (diskPath) => {
      await this.#run(createOverlayArguments(diskPath, source.path, sizeMiB));
    });
    return this.diskOf(vmId);
  }

  destroyImage(vmId: string): Promise<void> {
    return this.#folders.destroy(vmId);
  }

  exists(vmId: string): Promise<boolean> {
    return this.#folders.exists(vmId);
  }

  diskOf(vmId: string): VmDisk {
    const diskPath = this.#folders.diskPath(vmId);
    return { path: diskPath, format: 'qcow2', backing: backingOf(diskPath) };
  }

  setOwner(vmId: string, owner: DiskOwner | null): Promise<void> {
    return this.#folders.setOwner(vmId, owner);
  }

  async sizeMiB(vmId: string): Promise<number> {
    return readQcow2Header(await this.#folders.mustExist(vmId)).virtualBytes / BYTES_PER_MIB;
  }

  async resizeImage(vmId: string, sizeMiB: number): Promise<void> {
    const sizeNow = await this.sizeMiB(vmId);
    if (sizeMiB < sizeNow) {
      throw new StorageError('STORAGE_FAILED', `the disk of VM ${vmId} has ${sizeNow} MiB and can only grow`);
    }
    if (sizeMiB > sizeNow) await this.#runOn(vmId, resizeArguments(DISK_FILE, sizeMiB));
  }

  list(): Promise<string[]> {
    return this.#folders.list();
  }

  async createSnapshot(vmId: string, tag: string): Promise<void> {
    // qemu-img itself would make a second snapshot of the same name, and later apply the older of the two.
    if (await this.#hasSnapshot(vmId, tag)) {
      throw new StorageError('SNAPSHOT_EXISTS', `VM ${vmId} has a snapshot ${tag} already`);
    }
    await this.#runOn(vmId, snapshotArguments('create', DISK_FILE, tag));
  }

  async applySnapshot(vmId: string, tag: string): Promise<void> {
    if (!(await this.#hasSnapshot(vmId, tag))) {
      throw new StorageError('SNAPSHOT_NOT_FOUND', `VM ${vmId} has no snapshot ${tag}`);
    }
    await this.#runOn(vmId, snapshotArguments('apply', DISK_FILE, tag));
  }

  async destroySnapshot(vmId: string, tag: string): Promise<void> {
    if (!(await this.#hasSnapshot(vmId, tag))) return;
    await this.#runOn(vmId, snapshotArguments('delete', DISK_FILE, tag));
  }

  async listSnapshots(vmId: string): Promise<{ tag: string; vmStateBytes: number }[]> {
    const info = imageInfoSchema.parse(JSON.parse(await this.#runOn(vmId, infoArguments(DISK_FILE))));
    return info.snapshots.map((snapshot) => ({ tag: snapshot.name, vmStateBytes: snapshot['vm-state-size'] }));
  }

  usedBytes(vmId: string): Promise<number> {
    return this.#folders.usedBytes(vmId);
  }

  space(): Promise<{ freeBytes: number; totalBytes: number }> {
    return this.#folders.space();
  }

  async #hasSnapshot(vmId: string, tag: string): Promise<boolean> {
    if (!isValidSnapshotTag(tag)) {
      throw new StorageError('STORAGE_FAILED', `not a snapshot tag: ${JSON.stringify(tag)}`);
    }
    return (await this.listSnapshots(vmId)).some((snapshot) => snapshot.tag === tag);
  }

  /**
   * Runs qemu-img in the VM's folder, as the user who owns it: a VM that broke out into its QEMU can write into its disk's
   * header which other files belong to the disk, and root would open them.
   */
  async #runOn(vmId: string, args: string[]): Promise<string> {
    const { folder, owner } = await this.#folders.ownedFolder(vmId);
    return this.#run(args, { cwd: folder, ...(owner.uid === ownUser().uid ? {} : { user: owner }) });
  }

  async #run(args: string[], where: { cwd?: string; user?: DiskOwner } = {}): Promise<string> {
    try {
      return (await runCommand(this.#qemuImg, args, { timeoutMs: TIMEOUT_MS, ...where })).stdout;
    } catch (error) {
      if (!(error instanceof RunError)) throw error;
      throw new StorageError(codeOf(error), error.message, { cause: error });
    }
  }
}

function codeOf(error: RunError): 'TOOL_MISSING' | 'DISK_FULL' | 'STORAGE_FAILED' {
  if (error.notFound) return 'TOOL_MISSING';
  return /No space left on device|Disk quota exceeded/.test(error.stderr) ? 'DISK_FULL' : 'STORAGE_FAILED';
}

/**
 * Null also when the disk can't be read or names no backing file that was ours to name: the engine then follows the header
 * itself, so it meets the same trouble, and never a disk with a hole in place of its image.
 */
function backingOf(diskPath: string): BackingFile | null {
  try {
    const { backing } = readQcow2Header(diskPath);
    if (backing?.format !== 'qcow2' || !backing.name || !path.isAbsolute(backing.name)) return null;
    return { path: backing.name, format: 'qcow2' };
  } catch (error) {
    if (error instanceof StorageError) return null;
    throw error;
  }
}
