// The names in a folder.
import { readdir } from 'node:fs/promises';

/** None if the folder does not exist; any other error rejects. */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
