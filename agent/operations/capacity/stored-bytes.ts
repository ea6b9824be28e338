// What each user really stores on the host: disks, snapshots with their RAM, images, and files on their way, also those that were
// interrupted. Disks are measured now and then by a background task; everything else is in the records.
import type { Stored } from '@tt/protocol';
import type { Logger } from 'pino';
import { ownersOf } from '../../access/owners.ts';
import type { ImageService } from '../../images/image-service.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import type { LabRegistry } from '../../labs/lab-registry.ts';
import type { DiskUse, Storage } from '../../storage/interface.ts';

const MIB = 1024 * 1024;

export interface StoredParts {
  storage: Storage;
  inventory: Inventory;
  images: ImageService;
  labs: LabRegistry;
  logger: Logger;
  now: () => Date;
  /** Bytes that uploads and finished files of this user have. */
  transferBytes: (owner: string) => number;
}

export class StoredBytes {
  readonly #parts: StoredParts;
  /** By VM, as it was measured last. */
  #disks = new Map<string, DiskUse>();
  #measuredAt: string | null = null;
  /** VMs whose disks could not be measured last time: each is told once. */
  #unknown = new Set<string>();

  constructor(parts: StoredParts) {
    this.#parts = parts;
  }

  /** Measures the disks of all VMs. One that can't be measured keeps what it had. Rejects when the storage can't say anything. */
  async look(): Promise<void> {
    const { storage, inventory, now } = this.#parts;
    const vmIds = inventory.vms().map(({ id }) => id);
    const found = await storage.diskUse(vmIds);
    const disks = new Map<string, DiskUse>();
    const unknown = new Set<string>();
    for (const [vmId, use] of found) {
      if (!(use instanceof Error)) {
        disks.set(vmId, use);
        continue;
      }
      unknown.add(vmId);
      const before = this.#disks.get(vmId);
      if (before) disks.set(vmId, before);
      if (!this.#unknown.has(vmId)) {
        this.#parts.logger.warn({ err: use, vmId }, 'what its disks take can’t be measured');
      }
    }
    this.#disks = disks;
    this.#unknown = unknown;
    this.#measuredAt = now().toISOString();
  }

  /** Of one ENV, in bytes. A VM that was made since the last look has no disks yet. */
  ofEnv(envName: string): DiskUse {
    const { inventory } = this.#parts;
    let [diskBytes, snapshotBytes] = [0, 0];
    for (const { id } of inventory.vmsOf(envName)) {
      const use = this.#disks.get(id);
      diskBytes += use?.diskBytes ?? 0;
      snapshotBytes += use?.snapshotBytes ?? 0;
    }
    // Of a snapshot's record: the RAM of its guests.
    for (const { sizeBytes } of inventory.snapshotsOf(envName)) snapshotBytes += sizeBytes;
    // How it came to the instant it was imported as.
    const { recordings = [] } = inventory.hasEnv(envName) ? inventory.env(envName) : {};
    for (const { sizeBytes } of recordings) snapshotBytes += sizeBytes;
    return { diskBytes, snapshotBytes };
  }

  /** Of an account (`ownersOf`), in whole MiB, each part rounded up. */
  of(owner: string): Stored {
    const { inventory, images, labs, transferBytes } = this.#parts;
    let [diskBytes, snapshotBytes, imageBytes] = [0, 0, 0];
    for (const env of inventory.envs()) {
      if (!ownersOf(env).includes(owner)) continue;
      const use = this.ofEnv(env.name);
      diskBytes += use.diskBytes;
      snapshotBytes += use.snapshotBytes;
    }
    for (const image of images.list()) if (image.owner === owner) imageBytes += image.sizeBytes;
    for (const profile of labs.profiles()) {
      if (profile.owner !== owner) continue;
      for (const version of profile.versions) if (!version.isImage) imageBytes += version.sizeBytes;
    }
    return {
      diskMiB: mibOf(diskBytes),
      snapshotMiB: mibOf(snapshotBytes),
      imageMiB: mibOf(imageBytes),
      transferMiB: mibOf(transferBytes(owner) + images.importer.downloads.bytesOf(owner)),
      measuredAt: this.#measuredAt,
    };
  }
}

/** All parts together. */
export function storedMiB({ diskMiB, snapshotMiB, imageMiB, transferMiB }: Stored): number {
  return diskMiB + snapshotMiB + imageMiB + transferMiB;
}

/** Whole MiB, as quotas count: a part of one is one. */
export function mibOf(bytes: number): number {
  return Math.ceil(bytes / MIB);
}
