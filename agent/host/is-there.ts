// Whether a path exists.
import { stat } from 'node:fs/promises';

/** False only if the path does not exist; all other errors reject. A dangling link counts as missing. */
export async function isThere(target: string): Promise<boolean> {
  try {
    await stat(target);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
