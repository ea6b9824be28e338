// A disk without QEMU: a small JSON file with the guest's files and its snapshots. The fake storage and the fake engine share
// it, as the real ones share a qcow2 file: what the engine saves, the storage lists.
import { lchownSync, lstatSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

/** Guest files by absolute path. */
export type FakeFiles = Record<string, string>;

export interface FakeSnapshot {
  tag: string;
  disk: FakeFiles;
  /** Size of the disk then; the disk's own when missing. */
  sizeMiB?: number;
  /** What was in RAM; null for a cold snapshot. */
  ram: FakeFiles | null;
}

export interface FakeDisk {
  sizeMiB: number;
  files: FakeFiles;
  snapshots: FakeSnapshot[];
  /** Path of the image it was made from. */
  backing?: string;
}

/** Bytes the fake says its RAM took; any number but 0 does. */
export const FAKE_VM_STATE_BYTES = 64 * 1024 * 1024;

/** Throws ENOENT when there is no disk. */
export function readFakeDisk(diskPath: string): FakeDisk {
  return JSON.parse(readFileSync(diskPath, 'utf8')) as FakeDisk;
}

/** Replaces the disk in one step; its owner stays. */
export function writeFakeDisk(diskPath: string, disk: FakeDisk): void {
  const before = lstatSync(diskPath, { throwIfNoEntry: false });
  writeFileSync(`${diskPath}.new`, JSON.stringify(disk), { mode: 0o600 });
  if (before && before.uid !== process.geteuid?.()) lchownSync(`${diskPath}.new`, before.uid, before.gid);
  renameSync(`${diskPath}.new`, diskPath);
}

/** Reads, changes and writes the disk. */
export function changeFakeDisk(diskPath: string, change: (disk: FakeDisk) => void): void {
  const disk = readFakeDisk(diskPath);
  change(disk);
  writeFakeDisk(diskPath, disk);
}
