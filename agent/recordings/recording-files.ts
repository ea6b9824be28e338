// Recorded screens that came with capsules, on disk: `<folder>/<id>.ttrec`, each whole. The record of their ENV says what they are.
import { constants } from 'node:fs';
import { open, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { makeOwnFolder, mustBeId } from '../host/own-folder.ts';
import { readAt } from '../host/read-at.ts';

const END = '.ttrec';

export class RecordingFiles {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Makes the folder; nobody but the agent looks into it. */
  async init(): Promise<void> {
    await makeOwnFolder(this.#directory, 0o700);
  }

  /** Moves a file here that was looked through, from the same file system, under a new id (a UUID). */
  async adopt(file: string, id: string): Promise<void> {
    await rename(file, this.#fileOf(id));
  }

  /** What it has from there, at most `lengthBytes`; null: there is no such recording. Any other failure is thrown. */
  async read(id: string, offset: number, lengthBytes: number): Promise<Uint8Array | null> {
    try {
      await using file = await open(this.#fileOf(id), constants.O_RDONLY | constants.O_NOFOLLOW);
      return await readAt(file, offset, lengthBytes);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  /** Where it lies, if it is there. */
  pathOf(id: string): string {
    return this.#fileOf(id);
  }

  /** Idempotent. */
  async remove(id: string): Promise<void> {
    await rm(this.#fileOf(id), { force: true });
  }

  /** The ids of all that lie here. */
  async list(): Promise<string[]> {
    return (await readdir(this.#directory))
      .filter((name) => name.endsWith(END))
      .map((name) => name.slice(0, -END.length));
  }

  #fileOf(id: string): string {
    return path.join(this.#directory, `${mustBeId(id)}${END}`);
  }
}
