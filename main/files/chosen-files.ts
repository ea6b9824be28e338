// Files that were chosen in a window or dropped on it. Their path comes from the preload, which has it of the system, with what the page
// was told of the file: only what is still just that is opened, so that a path alone, whoever names it, opens nothing.
import path from 'node:path';
import { z } from 'zod';
import { FileOnDisk } from './file-on-disk.ts';

/** What Windows allows, and more than any other system. */
const MOST_PATH = 32_767;

/** Wrong ones until none is opened any more: a file changes now and then, but nobody may try times until one fits. */
export const MOST_MISTAKEN = 32;

export const chosenFileSchema = z.strictObject({
  /** Empty: it is no file of this computer. */
  path: z.string().max(MOST_PATH),
  sizeBytes: z.int().nonnegative(),
  /** Of its last change, since 1970; with its fraction cut off, by whoever counts in floating point. */
  changedAtMs: z.int(),
});
export type ChosenFile = z.infer<typeof chosenFileSchema>;

export class ChosenFiles {
  #mistaken = 0;

  /** null: it is not what the page was told of, or can’t be read; the page then says what is wrong. */
  async open(chosen: ChosenFile): Promise<FileOnDisk | null> {
    if (chosen.path === '' || this.#mistaken >= MOST_MISTAKEN) return null;
    const file = await opened(chosen.path);
    if (file && isIt(file, chosen)) return file;
    this.#mistaken++;
    await file?.close();
    return null;
  }
}

async function opened(file: string): Promise<FileOnDisk | null> {
  if (!path.isAbsolute(file)) return null;
  try {
    return await FileOnDisk.open(file);
  } catch {
    return null;
  }
}

function isIt({ facts }: FileOnDisk, { sizeBytes, changedAtMs }: ChosenFile): boolean {
  return facts.isFile && facts.sizeBytes === sizeBytes && Math.abs(facts.changedAtMs - changedAtMs) <= 1;
}
