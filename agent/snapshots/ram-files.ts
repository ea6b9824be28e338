// The files with the RAM of saved states, `ram-<tag>.<format>` in a VM's folder: where they are, how large, and whether they are
// synced to disk. The engine writes and reads them. The name alone says the format: what is in the file may be a guest's doing. The
// folder may belong to a compromised process, so links in it are not followed.
import { constants } from 'node:fs';
import { lstat, open, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { RamFormat } from '../engines/interface.ts';
import { copyPlain } from '../host/plain-file.ts';
import { addName, makeShared, partOf } from '../host/shared-file.ts';
import { StorageError } from '../storage/errors.ts';
import { isValidSnapshotTag } from '../storage/snapshot-tag.ts';

const FORMATS = ['flat', 'qcow2'] as const satisfies readonly RamFormat[];
const NAME = /^ram-(.+)\.(flat|qcow2)$/;
/** As `partOf` names it. */
const PART = /^ram-.+\.(flat|qcow2)\.part$/;

const MIB = 1024 * 1024;
/** Tables of the RAM file, video memory, and the disk clusters that a save copies. */
const OVERHEAD_MIB = 32;

export interface RamFile {
  path: string;
  format: RamFormat;
  /** What it takes on the host. */
  bytes: number;
}

export function ramFileOf(folder: string, tag: string, format: RamFormat): string {
  if (!isValidSnapshotTag(tag)) throw new StorageError('STORAGE_FAILED', `not a snapshot tag: ${JSON.stringify(tag)}`);
  return path.join(folder, `ram-${tag}.${format}`);
}

/**
 * Whether a new VM in a saved state with RAM of this format (null: with none) must have a snapshot of its disks too: the engine loads
 * the one together with the other. Where it does not, its disks are in that state already, and nobody goes back to it by them.
 */
export function needsDiskSnapshot(format: RamFormat | null): boolean {
  return format === 'qcow2';
}

/** What the RAM of a VM with this much memory may take at most, with what a save writes beside it. */
export function mostRamBytes(memoryMiB: number): number {
  return (memoryMiB + OVERHEAD_MIB) * MIB;
}

/** The paths it may have, by format. */
export function ramFilesOf(folder: string, tag: string): string[] {
  return FORMATS.map((format) => ramFileOf(folder, tag, format));
}

/** The RAM of a saved state; null if there is none. */
export async function findRamFile(folder: string, tag: string): Promise<RamFile | null> {
  for (const format of FORMATS) {
    const file = ramFileOf(folder, tag, format);
    const bytes = await bytesOf(file);
    if (bytes !== null) return { path: file, format, bytes };
  }
  return null;
}

/** For people, of one that is missing: nobody knows which of them it was. */
export function anyRamFileOf(folder: string, tag: string): string {
  return path.join(folder, `ram-${tag}.{${FORMATS.join(',')}}`);
}

/** Waits until the file, and its name in the folder, would survive a power cut. */
export async function flushRamFile(ramFile: string): Promise<void> {
  // O_NONBLOCK: a named pipe in its place must not hold the agent up.
  await using file = await open(ramFile, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  await file.datasync();
  await using folder = await open(path.dirname(ramFile), constants.O_RDONLY | constants.O_DIRECTORY);
  await folder.sync();
}

/**
 * Copies one, sharing its blocks if the file system can, and without filling its holes. The source may belong to a compromised
 * process: the checked file is the one that is copied.
 */
export async function copyRamFile(source: string, target: string, signal: AbortSignal): Promise<void> {
  await copyPlain(source, target, signal);
  await flushRamFile(target);
}

/**
 * Gives a saved state to another VM without a copy: its file becomes one that both read. False if that can't be here; then there is
 * nothing at `target`, and the source may be a shared file nevertheless. The name is not flushed: it is there until a copy is awake.
 */
export async function shareRamFile(source: string, target: string, signal: AbortSignal): Promise<boolean> {
  await makeShared(source, signal);
  return addName(source, target);
}

/** In whichever format, and what a killed {@link shareRamFile} left. Idempotent. */
export async function removeRamFiles(folder: string, tag: string): Promise<void> {
  for (const file of ramFilesOf(folder, tag)) {
    await rm(file, { force: true });
    await rm(partOf(file), { force: true });
  }
}

/** Removes what an agent left that was killed while a file became a shared one, or one of its own. Not while that may be under way. */
export async function removeRamParts(folder: string): Promise<void> {
  const parts = (await readdir(folder)).filter((name) => PART.test(name));
  for (const name of parts) await rm(path.join(folder, name), { force: true });
}

export async function tagsOfRamFiles(folder: string): Promise<string[]> {
  return (await readdir(folder)).flatMap((name) => NAME.exec(name)?.[1] ?? []);
}

async function bytesOf(file: string): Promise<number | null> {
  try {
    return (await lstat(file)).blocks * 512;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
