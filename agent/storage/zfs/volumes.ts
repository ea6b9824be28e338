// A disk in ZFS: a file in its own dataset (works everywhere, also with zfs-fuse), or a volume (zvol) if the pool supports them.
// Used by `zfs-storage.ts`.
import { chmod, chown, realpath } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { giveFolder } from '../disk-owner.ts';
import { StorageError } from '../errors.ts';
import { hasCode } from '../file-errors.ts';
import type { DiskOwner } from '../interface.ts';
import { fileBytes, growFile, makeEmptyFile } from '../plain-file.ts';
import type { ZfsTool } from './zfs-tool.ts';

const BYTES_PER_MIB = 1024 * 1024;
const DEVICE_TIMEOUT_MS = 5_000;
const DEVICE_POLL_MS = 20;

export interface ZfsVolumes {
  /** In plain words, for people. */
  readonly what: string;
  /** Of their datasets, as `zfs` calls it. */
  readonly type: 'filesystem' | 'volume';
  /** Makes an empty disk of this size. */
  create(dataset: string, bytes: number): Promise<void>;
  /** Where its bytes are. */
  diskPath(dataset: string): string;
  bytes(dataset: string): Promise<number>;
  /** STORAGE_FAILED for a smaller size. */
  grow(dataset: string, bytes: number): Promise<void>;
  give(dataset: string, owner: DiskOwner): Promise<void>;
}

export class FileVolumes implements ZfsVolumes {
  readonly what = 'files in datasets';
  readonly type = 'filesystem';
  readonly #zfs: ZfsTool;
  readonly #pathOf: (dataset: string) => string;

  /** `pathOf`: where a dataset is mounted. */
  constructor(zfs: ZfsTool, pathOf: (dataset: string) => string) {
    this.#zfs = zfs;
    this.#pathOf = pathOf;
  }

  async create(dataset: string, bytes: number): Promise<void> {
    await this.#zfs.create(dataset);
    await chmod(this.#pathOf(dataset), 0o700);
    await makeEmptyFile(this.diskPath(dataset), bytes);
  }

  diskPath(dataset: string): string {
    return path.join(this.#pathOf(dataset), 'disk.raw');
  }

  bytes(dataset: string): Promise<number> {
    return fileBytes(this.diskPath(dataset));
  }

  grow(dataset: string, bytes: number): Promise<void> {
    return growFile(this.diskPath(dataset), bytes);
  }

  give(dataset: string, owner: DiskOwner): Promise<void> {
    return giveFolder(this.#pathOf(dataset), owner);
  }
}

/** Not tested with real volumes: no kernel with ZFS was available. The `zfs` commands are tested. */
export class DeviceVolumes implements ZfsVolumes {
  readonly what = 'volumes';
  readonly type = 'volume';
  readonly #zfs: ZfsTool;
  readonly #devices: string;

  constructor(zfs: ZfsTool, devices = '/dev/zvol') {
    this.#zfs = zfs;
    this.#devices = devices;
  }

  async create(dataset: string, bytes: number): Promise<void> {
    // A volume consists of whole blocks, which are never larger than this.
    await this.#zfs.create(dataset, Math.ceil(bytes / BYTES_PER_MIB) * BYTES_PER_MIB);
    await this.device(dataset);
  }

  diskPath(dataset: string): string {
    return path.join(this.#devices, dataset);
  }

  async bytes(dataset: string): Promise<number> {
    return Number(await this.#zfs.get(dataset, 'volsize'));
  }

  async grow(dataset: string, bytes: number): Promise<void> {
    const now = await this.bytes(dataset);
    if (bytes < now) {
      throw new StorageError('STORAGE_FAILED', `the volume ${dataset} has ${now} bytes and can only grow`);
    }
    if (bytes > now) await this.#zfs.set(dataset, 'volsize', String(bytes));
  }

  async give(dataset: string, owner: DiskOwner): Promise<void> {
    const device = await this.device(dataset);
    await chown(device, owner.uid, owner.gid);
    await chmod(device, 0o600);
  }

  /** The device itself; its name is a link that udev makes some moments after the volume. STORAGE_FAILED when it does not. */
  async device(dataset: string): Promise<string> {
    const giveUpAt = performance.now() + DEVICE_TIMEOUT_MS;
    for (;;) {
      try {
        return await realpath(this.diskPath(dataset));
      } catch (error) {
        if (!hasCode(error, 'ENOENT')) throw error;
        if (performance.now() > giveUpAt) {
          const message = `the volume ${dataset} has no device at ${this.diskPath(dataset)}`;
          throw new StorageError('STORAGE_FAILED', message, { cause: error });
        }
      }
      await delay(DEVICE_POLL_MS);
    }
  }
}
