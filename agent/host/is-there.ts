// Whether something has this path.
import { stat } from 'node:fs/promises';

/** False only for the exact “not there”; all other trouble rejects. A link that leads nowhere is not there. */
export async function isThere(target: string): Promise<boolean> {
  try {
    await stat(target);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
