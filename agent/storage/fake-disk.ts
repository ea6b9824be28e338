// A disk without QEMU: a small JSON file with the guest's files and its snapshots. The fake storage and the fake engine share
// it, as the real ones share a qcow2 file: the storage lists what the engine saves.
import { stat } from 'node:fs/promises';
import { StorageError } from './errors.ts';
import { lchownSync, lstatSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/** Guest files by absolute path. */
export type FakeFiles = Record<string, string>;

export interface FakeSnapshot {
  tag: string;
  disk: FakeFiles;
  /** Size of the disk then; the disk's own when missing. */
  sizeMiB?: number;
  /** The contents of RAM; null for a cold snapshot. */
  ram: FakeFiles | null;
}

export interface FakeDisk {
  sizeMiB: number;
  files: FakeFiles;
  snapshots: FakeSnapshot[];
  /** Path of the image it was made from. */
  backing?: string;
}

/** The reported size of the fake's RAM, in bytes; any number except 0. */
export const FAKE_VM_STATE_BYTES = 64 * 1024 * 1024;

/** Throws ENOENT if there is no disk. */
export function readFakeDisk(diskPath: string): FakeDisk {
  return JSON.parse(readFileSync(diskPath, 'utf8')) as FakeDisk;
}

/**
 * Replaces the disk in one step; its owner stays. On a full disk one that has become smaller is written into its own blocks, as real
 * formats give up a snapshot without new space.
 */
export function writeFakeDisk(diskPath: string, disk: FakeDisk): void {
  const before = lstatSync(diskPath, { throwIfNoEntry: false });
  const text = JSON.stringify(disk);
  try {
    writeFileSync(`${diskPath}.new`, text, { mode: 0o600 });
  } catch (error) {
    rmSync(`${diskPath}.new`, { force: true });
    const isFull = (error as NodeJS.ErrnoException).code === 'ENOSPC';
    if (!isFull || !before || Buffer.byteLength(text) > before.size) throw error;
    // Spaces behind it are no part of its text.
    writeFileSync(diskPath, text.padEnd(text.length + before.size - Buffer.byteLength(text)), { flag: 'r+' });
    return;
  }
  if (before && before.uid !== process.geteuid?.()) lchownSync(`${diskPath}.new`, before.uid, before.gid);
  renameSync(`${diskPath}.new`, diskPath);
}

/** Reads, changes and writes the disk. */
export function changeFakeDisk(diskPath: string, change: (disk: FakeDisk) => void): void {
  const disk = readFakeDisk(diskPath);
  change(disk);
  writeFakeDisk(diskPath, disk);
}

const LARGEST_FAKE_IMAGE_BYTES = 1024 * 1024;

/**
 * The source of disks. Any file is accepted as an image, and a fake disk also passes on its files; but a missing one must fail
 * as in QEMU, and so must an overlay.
 */
export async function readFakeImage(imagePath: string): Promise<{ sizeMiB: number; files: FakeFiles }> {
  const found = await stat(imagePath).catch((error) => {
    throw new StorageError('DISK_NOT_FOUND', `can't read image ${imagePath}`, { cause: error });
  });
  // A real image beside a fake storage (dev:fake on a machine that has some): don't read a gigabyte to learn that it is not JSON.
  if (found.size > LARGEST_FAKE_IMAGE_BYTES) return { sizeMiB: 0, files: {} };
  // Any JSON may stand there, so what a fake disk always has may be missing.
  const { sizeMiB = 0, files = {}, backing } = readAnyJson(imagePath);
  if (backing !== undefined) throw new StorageError('STORAGE_FAILED', `the image ${imagePath} is an overlay`);
  return { sizeMiB, files };
}

function readAnyJson(imagePath: string): Partial<FakeDisk> {
  try {
    return readFakeDisk(imagePath);
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

/** A missing disk, or one that is not a fake disk, has no information, as with the real storage. */
export function fakeBackingOf(diskPath: string): string | null {
  try {
    return readFakeDisk(diskPath).backing ?? null;
  } catch {
    return null;
  }
}

export function fakeSnapshotIn(diskPath: string, tag: string): FakeSnapshot | undefined {
  return readFakeDisk(diskPath).snapshots.find((snapshot) => snapshot.tag === tag);
}

/** A disk's content at a snapshot; null: now. */
export function fakeStateAt(diskPath: string, tag: string | null): { sizeMiB: number; files: FakeDisk['files'] } {
  const disk = readFakeDisk(diskPath);
  const found = disk.snapshots.find((snapshot) => snapshot.tag === tag);
  return { sizeMiB: found?.sizeMiB ?? disk.sizeMiB, files: found?.disk ?? disk.files };
}
