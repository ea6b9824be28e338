// Which image a prepared copy belongs to, and whether the image is still the one it was made from.
import { createHash } from 'node:crypto';
import { realpath, stat } from 'node:fs/promises';
import { StorageError } from './errors.ts';
import { hasCode } from './file-errors.ts';

/** `key`: the same for all paths that lead to one image. DISK_NOT_FOUND. */
export async function identifyImage(image: string): Promise<{ key: string; version: string }> {
  const version = await imageVersion(image);
  if (version === null) throw new StorageError('DISK_NOT_FOUND', `the image is gone: ${image}`);
  return { key: hashOf(await realpath(image)), version };
}

/** Changes as soon as the file is replaced or written to. Null only if there certainly is none. */
export async function imageVersion(image: string): Promise<string | null> {
  try {
    const { ino, size, mtimeMs } = await stat(image);
    return hashOf(`${ino} ${size} ${mtimeMs}`);
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return null;
    throw error;
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
