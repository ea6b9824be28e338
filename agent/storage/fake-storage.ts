// A storage without qemu-img for `npm run dev:fake` and fast tests: same folders, same answers, disks are small JSON files.
import { stat } from 'node:fs/promises';
import { DiskFolders } from './disk-folders.ts';
import { StorageError, type StorageErrorCode } from './errors.ts';
import { changeFakeDisk, FAKE_VM_STATE_BYTES, type FakeDisk, readFakeDisk, writeFakeDisk } from './fake-disk.ts';
import type { DiskOwner, DiskSource, Storage, VmDisk } from './interface.ts';
import { isValidSnapshotTag } from './snapshot-tag.ts';

/** The methods a test may make fail. */
export type FailingStorageMethod =
  | 'createImage'
  | 'destroyImage'
  | 'setOwner'
  | 'resizeImage'
  | 'createSnapshot'
  | 'applySnapshot'
  | 'usedBytes';

const LARGEST_FAKE_IMAGE_BYTES = 1024 * 1024;

export class FakeStorage implements Storage {
  readonly name = 'fake';
  readonly ramPlacement = 'inDisk';
  readonly #folders: DiskFolders;
  readonly #failures = new Map<FailingStorageMethod, StorageErrorCode>();

  constructor(options: { directory: string }) {
    this.#folders = new DiskFolders(options.directory);
  }

  /** The next call of `method` rejects with `code` and changes nothing. */
  failNext(method: FailingStorageMethod, code: StorageErrorCode): void {
    this.#failures.set(method, code);
  }

  init(): Promise<void> {
    return this.#folders.init();
  }

  async createImage(vmId: string, source: DiskSource, sizeMiB: number): Promise<VmDisk> {
    this.#failIfAsked('createImage');
    // Any file will do as an image, a fake disk gives its files as well; but a missing one must fail as it does in QEMU.
    const image = await readImage(source.path);
    if (image.backing !== undefined) throw new StorageError('STORAGE_FAILED', `the image ${source.path} is an overlay`);
    if (sizeMiB < image.sizeMiB) {
      const message = `a disk of ${sizeMiB} MiB is smaller than its image (${image.sizeMiB} MiB)`;
      throw new StorageError('STORAGE_FAILED', message);
    }
    await this.#folders.create(vmId, async (diskPath) => {
      writeFakeDisk(diskPath, { sizeMiB, files: image.files, snapshots: [], backing: source.path });
    });
    return this.diskOf(vmId);
  }

  async destroyImage(vmId: string): Promise<void> {
    this.#failIfAsked('destroyImage');
    await this.#folders.destroy(vmId);
  }

  exists(vmId: string): Promise<boolean> {
    return this.#folders.exists(vmId);
  }

  diskOf(vmId: string): VmDisk {
    const diskPath = this.#folders.diskPath(vmId);
    const backing = backingOf(diskPath);
    return { path: diskPath, format: 'qcow2', backing: backing === null ? null : { path: backing, format: 'qcow2' } };
  }

  async setOwner(vmId: string, owner: DiskOwner | null): Promise<void> {
    this.#failIfAsked('setOwner');
    await this.#folders.setOwner(vmId, owner);
  }

  async sizeMiB(vmId: string): Promise<number> {
    return readFakeDisk(await this.#folders.mustExist(vmId)).sizeMiB;
  }

  async resizeImage(vmId: string, sizeMiB: number): Promise<void> {
    this.#failIfAsked('resizeImage');
    changeFakeDisk(await this.#folders.mustExist(vmId), (disk) => {
      if (sizeMiB < disk.sizeMiB) {
        throw new StorageError('STORAGE_FAILED', `the disk has ${disk.sizeMiB} MiB and can only grow`);
      }
      disk.sizeMiB = sizeMiB;
    });
  }

  list(): Promise<string[]> {
    return this.#folders.list();
  }

  async createSnapshot(vmId: string, tag: string): Promise<void> {
    this.#failIfAsked('createSnapshot');
    const diskPath = await this.#disk(vmId, tag);
    changeFakeDisk(diskPath, (disk) => {
      if (disk.snapshots.some((snapshot) => snapshot.tag === tag)) {
        throw new StorageError('SNAPSHOT_EXISTS', `VM ${vmId} has a snapshot ${tag} already`);
      }
      disk.snapshots.push({ tag, disk: disk.files, sizeMiB: disk.sizeMiB, ram: null });
    });
  }

  async applySnapshot(vmId: string, tag: string): Promise<void> {
    this.#failIfAsked('applySnapshot');
    const diskPath = await this.#disk(vmId, tag);
    changeFakeDisk(diskPath, (disk) => {
      const found = disk.snapshots.find((snapshot) => snapshot.tag === tag);
      if (!found) throw new StorageError('SNAPSHOT_NOT_FOUND', `VM ${vmId} has no snapshot ${tag}`);
      disk.files = found.disk;
      disk.sizeMiB = found.sizeMiB ?? disk.sizeMiB;
    });
  }

  async destroySnapshot(vmId: string, tag: string): Promise<void> {
    const diskPath = await this.#disk(vmId, tag);
    changeFakeDisk(diskPath, (disk) => {
      disk.snapshots = disk.snapshots.filter((snapshot) => snapshot.tag !== tag);
    });
  }

  async listSnapshots(vmId: string): Promise<{ tag: string; vmStateBytes: number }[]> {
    const disk = readFakeDisk(await this.#folders.mustExist(vmId));
    return disk.snapshots.map(({ tag, ram }) => ({ tag, vmStateBytes: ram === null ? 0 : FAKE_VM_STATE_BYTES }));
  }

  async usedBytes(vmId: string): Promise<number> {
    this.#failIfAsked('usedBytes');
    return this.#folders.usedBytes(vmId);
  }

  space(): Promise<{ freeBytes: number; totalBytes: number }> {
    return this.#folders.space();
  }

  async #disk(vmId: string, tag: string): Promise<string> {
    if (!isValidSnapshotTag(tag)) {
      throw new StorageError('STORAGE_FAILED', `not a snapshot tag: ${JSON.stringify(tag)}`);
    }
    return this.#folders.mustExist(vmId);
  }

  #failIfAsked(method: FailingStorageMethod): void {
    const code = this.#failures.get(method);
    if (!code) return;
    this.#failures.delete(method);
    throw new StorageError(code, `${method} was told to fail`);
  }
}

async function readImage(imagePath: string): Promise<Pick<FakeDisk, 'sizeMiB' | 'files' | 'backing'>> {
  const found = await stat(imagePath).catch((error) => {
    throw new StorageError('DISK_NOT_FOUND', `can't read image ${imagePath}`, { cause: error });
  });
  // A real image beside a fake storage (dev:fake on a machine that has some): don't read a gigabyte to learn it is no JSON.
  if (found.size > LARGEST_FAKE_IMAGE_BYTES) return { sizeMiB: 0, files: {} };
  try {
    // Any JSON may stand there, so what a fake disk always has may be missing.
    const { sizeMiB = 0, files = {}, backing } = readFakeDisk(imagePath) as Partial<FakeDisk>;
    return { sizeMiB, files, ...(backing === undefined ? {} : { backing }) };
  } catch (error) {
    if (error instanceof SyntaxError) return { sizeMiB: 0, files: {} };
    throw error;
  }
}

/** A disk that is not there, or is no fake disk, tells nothing, as with the real storage. */
function backingOf(diskPath: string): string | null {
  try {
    return readFakeDisk(diskPath).backing ?? null;
  } catch {
    return null;
  }
}
