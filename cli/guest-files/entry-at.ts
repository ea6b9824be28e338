// What stands at a path of this computer, without following links.
import type { Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { asFileProblem } from '@tt/client/node';

/** null only when nothing is there. */
export async function entryAt(file: string): Promise<Stats | null> {
  try {
    return await lstat(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw asFileProblem(error);
  }
}
