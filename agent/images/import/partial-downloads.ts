// The parts of downloads that were interrupted: kept for a day, so that a later attempt can go on with them, and counted for those
// who began them.
import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { allocatedBytes } from '../../host/allocated-bytes.ts';
import { noteOf, partialFile, partOf, readNote } from './partial-note.ts';

/** Long enough to try again tomorrow. */
const KEEP_MS = 24 * 60 * 60 * 1000;

export class PartialDownloads {
  readonly #folder: string;
  /** By part: what lies there while nobody goes on with it. */
  readonly #parts = new Map<string, { owner: string | null; bytes: number }>();
  /** The last of those who wait to download an address, by part. */
  readonly #queues = new Map<string, Promise<unknown>>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Counts what an earlier agent left. */
  async init(): Promise<void> {
    for (const part of await this.#found()) await this.#count(part);
  }

  /** What the parts of this user take on the host; one that is being gone on with counts where it is written. */
  bytesOf(owner: string): number {
    let bytes = 0;
    for (const [part, one] of this.#parts) if (one.owner === owner && !this.#queues.has(part)) bytes += one.bytes;
    return bytes;
  }

  /**
   * Runs `work`, which downloads this address and moves the file elsewhere: one after the other, as two would write to one part.
   * When it fails, what has come stays.
   */
  async run(url: string, work: () => Promise<void>): Promise<void> {
    const part = partialFile(this.#folder, url);
    const mine = this.#after(this.#queues.get(part), part, work);
    this.#queues.set(part, mine);
    try {
      await mine;
    } finally {
      if (this.#queues.get(part) === mine) this.#queues.delete(part);
    }
  }

  async #after(before: Promise<unknown> | undefined, part: string, work: () => Promise<void>): Promise<void> {
    await before?.catch(() => {});
    try {
      await work();
      await this.#remove(part);
    } finally {
      await this.#count(part);
    }
  }

  /** Nobody will go on with it. Idempotent. */
  async drop(url: string): Promise<void> {
    await this.#remove(partialFile(this.#folder, url));
  }

  /** Removes parts that nobody has gone on with for a day. */
  async sweep(now: Date): Promise<void> {
    for (const part of await this.#found()) {
      if (this.#queues.has(part) || now.getTime() - (await newestMs(part)) <= KEEP_MS) continue;
      await this.#remove(part);
    }
  }

  async #found(): Promise<Set<string>> {
    const names = await readdir(this.#folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    return new Set(names.map((name) => partOf(path.join(this.#folder, name))));
  }

  async #count(part: string): Promise<void> {
    const bytes = await allocatedBytes(part);
    if (bytes === 0) this.#parts.delete(part);
    else this.#parts.set(part, { owner: (await readNote(part)).owner, bytes });
  }

  async #remove(part: string): Promise<void> {
    for (const file of [part, noteOf(part)]) await rm(file, { force: true });
    this.#parts.delete(part);
  }
}

/** Of the part and its note, whichever was written last. */
async function newestMs(part: string): Promise<number> {
  const times = [part, noteOf(part)].map(async (file) => {
    try {
      return (await stat(file)).mtimeMs;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
      throw error;
    }
  });
  return Math.max(...(await Promise.all(times)));
}
