// Bytes that files really take on the host: holes take none.
import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';

/** Unit of `blocks` in stat(2), whatever the file system. */
const BLOCK_BYTES = 512;

/**
 * Of a file, or of all files in a folder and below it; links are not followed. 0 for what is not there: files may go while
 * they are being counted.
 */
export async function allocatedBytes(target: string): Promise<number> {
  try {
    const found = await lstat(target);
    if (!found.isDirectory()) return found.blocks * BLOCK_BYTES;
    let bytes = 0;
    // One at a time: there are few.
    for (const name of await readdir(target)) bytes += await allocatedBytes(path.join(target, name));
    return bytes;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}
