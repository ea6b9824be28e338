// The image that a disk is made from and based on: checks of images, and the image named in a disk's header.
import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { StorageError } from '../errors.ts';
import { hasCode } from '../file-errors.ts';
import type { BackingFile, DiskSource } from '../interface.ts';
import { readQcow2Header } from './qcow2-header.ts';

const BYTES_PER_MIB = 1024 * 1024;

/** DISK_NOT_FOUND or STORAGE_FAILED for a source that no disk (of `sizeMiB`) may be made of. Returns its size in bytes. */
export async function checkSource(source: DiskSource, sizeMiB = Number.POSITIVE_INFINITY): Promise<number> {
  if (!path.isAbsolute(source.path)) throw new StorageError('STORAGE_FAILED', `not an absolute path: ${source.path}`);
  const bytes = source.format === 'raw' ? await rawBytes(source.path) : await qcow2Bytes(source.path);
  if (sizeMiB * BYTES_PER_MIB >= bytes) return bytes;
  const imageMiB = Math.ceil(bytes / BYTES_PER_MIB);
  throw new StorageError('STORAGE_FAILED', `a disk of ${sizeMiB} MiB is smaller than its image (${imageMiB} MiB)`);
}

async function qcow2Bytes(imagePath: string): Promise<number> {
  // An image may be a link to a file kept elsewhere; a VM's own disk never is.
  const image = readQcow2Header(await realpath(imagePath).catch(() => imagePath));
  if (image.backing || image.hasDataFile) {
    throw new StorageError('STORAGE_FAILED', `the image ${imagePath} needs another file of the host to be whole`);
  }
  return image.virtualBytes;
}

async function rawBytes(imagePath: string): Promise<number> {
  try {
    return (await stat(imagePath)).size;
  } catch (error) {
    const code = hasCode(error, 'ENOENT') ? 'DISK_NOT_FOUND' : 'STORAGE_FAILED';
    throw new StorageError(code, `can't read the image: ${String(error)}`, { cause: error });
  }
}

/**
 * Null also when the disk can't be read or names no backing file that was ours to name: the engine then follows the header
 * itself, so it meets the same trouble, and never a disk with a hole in place of its image.
 */
export function backingOf(diskPath: string): BackingFile | null {
  try {
    const { backing } = readQcow2Header(diskPath);
    if (!backing?.name || !path.isAbsolute(backing.name)) return null;
    if (backing.format !== 'qcow2' && backing.format !== 'raw') return null;
    return { path: backing.name, format: backing.format };
  } catch (error) {
    if (error instanceof StorageError) return null;
    throw error;
  }
}

/**
 * The backing image of a disk, as a path relative to the folder `from`: the disk's user may not be able to traverse the
 * absolute path. STORAGE_FAILED if the disk needs an image that is not ours: an incomplete disk must not be copied as a
 * complete one.
 */
export async function backingFrom(diskPath: string, from: string): Promise<BackingFile | null> {
  const header = readQcow2Header(diskPath);
  if (header.hasDataFile) throw new StorageError('STORAGE_FAILED', `${diskPath} keeps its data in another file`);
  if (header.backing === null) return null;
  const backing = backingOf(diskPath);
  if (!backing) throw new StorageError('STORAGE_FAILED', `${diskPath} does not name its image`);
  const found = await realpath(backing.path).catch((error: unknown) => {
    throw new StorageError('DISK_NOT_FOUND', `the image below ${diskPath} is gone: ${backing.path}`, { cause: error });
  });
  return { ...backing, path: path.relative(from, found) };
}
