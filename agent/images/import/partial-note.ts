// The note beside a part of a download: which version of the file it is of, and whose. It outlives the agent.
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

const NOTE_EXTENSION = '.json';

const noteSchema = z.object({
  /** The server's identifier of the version; null if it gave none: then nobody can go on with the part. */
  validator: z.string().nullable(),
  /** Whose quota the part counts in; null: the host's own. Notes of earlier versions name nobody, so those parts count for nobody. */
  owner: z.string().nullable().default(null),
});
export type PartialNote = z.infer<typeof noteSchema>;

/** Where a download has what has come so far. */
export function partialFile(folder: string, url: string): string {
  return path.join(folder, `${createHash('sha256').update(url).digest('hex').slice(0, 32)}.part`);
}

export function noteOf(partial: string): string {
  return `${partial}${NOTE_EXTENSION}`;
}

/** The part that a file of the folder belongs to: itself, or the one it is the note of. */
export function partOf(file: string): string {
  return file.endsWith(NOTE_EXTENSION) ? file.slice(0, -NOTE_EXTENSION.length) : file;
}

export async function writeNote(partial: string, note: PartialNote): Promise<void> {
  await writeFile(noteOf(partial), JSON.stringify(note));
}

export async function readNote(partial: string): Promise<PartialNote> {
  try {
    return noteSchema.parse(JSON.parse(await readFile(noteOf(partial), 'utf8')));
  } catch {
    // Missing or damaged: the download begins anew, which is always right, and nobody is charged for what may be another's.
    return { validator: null, owner: null };
  }
}
