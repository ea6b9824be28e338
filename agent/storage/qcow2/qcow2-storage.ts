// Disks as qcow2 overlays over an image: works on every file system, needs only qemu-img. Chosen by `../load.ts`.
import path from 'node:path';
import { z } from 'zod';
import { RunError, runCommand } from '../../host/run-command.ts';
import { DiskFolders } from '../disk-folders.ts';
import { StorageError } from '../errors.ts';
import type { DiskSource, Storage, VmDisk } from '../interface.ts';
import { isValidSnapshotTag } from '../snapshot-tag.ts';
import { createOverlayArguments, infoArguments, snapshotArguments } from './arguments.ts';
import { readVirtualSize } from './qcow2-header.ts';

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
    const imageMiB = (await readVirtualSize(source.path)) / BYTES_PER_MIB;
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
    return { path: this.#folders.diskPath(vmId), format: 'qcow2' };
  }

  list(): Promise<string[]> {
    return this.#folders.list();
  }

  async createSnapshot(vmId: string, tag: string): Promise<void> {
    // qemu-img itself would make a second snapshot of the same name, and later apply the older of the two.
    if (await this.#hasSnapshot(vmId, tag)) {
      throw new StorageError('SNAPSHOT_EXISTS', `VM ${vmId} has a snapshot ${tag} already`);
    }
    await this.#run(snapshotArguments('create', this.#folders.diskPath(vmId), tag));
  }

  async applySnapshot(vmId: string, tag: string): Promise<void> {
    if (!(await this.#hasSnapshot(vmId, tag))) {
      throw new StorageError('SNAPSHOT_NOT_FOUND', `VM ${vmId} has no snapshot ${tag}`);
    }
    await this.#run(snapshotArguments('apply', this.#folders.diskPath(vmId), tag));
  }

  async destroySnapshot(vmId: string, tag: string): Promise<void> {
    if (!(await this.#hasSnapshot(vmId, tag))) return;
    await this.#run(snapshotArguments('delete', this.#folders.diskPath(vmId), tag));
  }

  async listSnapshots(vmId: string): Promise<{ tag: string; vmStateBytes: number }[]> {
    const diskPath = await this.#folders.mustExist(vmId);
    const info = imageInfoSchema.parse(JSON.parse(await this.#run(infoArguments(diskPath))));
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

  async #run(args: string[]): Promise<string> {
    try {
      return (await runCommand(this.#qemuImg, args, { timeoutMs: TIMEOUT_MS })).stdout;
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
