// Which image a prepared copy is of, and whether the image is still the one it was made from.
import { createHash } from 'node:crypto';
import { realpath, stat } from 'node:fs/promises';
import { hasCode } from './file-errors.ts';

/** The same for all paths that lead to one image. Rejects when there is none. */
export async function imageKey(image: string): Promise<string> {
  return hashOf(await realpath(image));
}

/** Another one as soon as the file is another or was written to. Null only when there certainly is none. */
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
