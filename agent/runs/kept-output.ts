// One output of one command of a run: its first bytes in a file, which readers follow while it grows, and how many came in all.
import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { isDiskFull } from '../host/disk-full.ts';
import { openPlain } from '../host/plain-file.ts';
import { readAt } from '../host/read-at.ts';

const APPEND = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND;
const READ_BYTES = 64 * 1024;

/** How much more may be kept; takes it. Zero once the disk or the owner's quota is used up. */
export type TakeRoom = (wantedBytes: number) => number;

export class KeptOutput {
  readonly file: string;
  #bytes: number;
  #keptBytes: number;
  #isEnded: boolean;
  #handle: FileHandle | null = null;
  #isFull = false;
  readonly #waiting = new Set<() => void>();

  /** `isEnded`: of an earlier agent, nothing comes any more. */
  constructor(file: string, { bytes = 0, keptBytes = 0, isEnded = false } = {}) {
    this.file = file;
    this.#bytes = bytes;
    this.#keptBytes = keptBytes;
    this.#isEnded = isEnded;
  }

  get counts(): { bytes: number; keptBytes: number } {
    return { bytes: this.#bytes, keptBytes: this.#keptBytes };
  }

  /**
   * Once a byte was not kept, none is: what is kept is the beginning. What comes after the end is counted only. Rejects when the file can't be written, but for a full disk. */
  async append(bytes: Buffer, takeRoom: TakeRoom): Promise<void> {
    this.#bytes += bytes.length;
    if (this.#isFull || this.#isEnded) return;
    const room = takeRoom(bytes.length);
    if (room < bytes.length) this.#isFull = true;
    if (room === 0) return;
    try {
      if (!this.#handle) {
        const opened = await openPlain(this.file, APPEND, 0o600);
        // The end came meanwhile: nobody would close it.
        if (this.#isEnded) return await opened.close();
        this.#handle = opened;
      }
      await this.#handle.appendFile(room < bytes.length ? bytes.subarray(0, room) : bytes);
      this.#keptBytes += room;
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      this.#isFull = true;
      // Some of it may be there.
      this.#keptBytes = Math.min(this.#keptBytes + room, (await this.#handle?.stat())?.size ?? 0);
    }
    this.#tell();
  }

  /** No more will come. Idempotent. */
  async end(): Promise<void> {
    this.#isEnded = true;
    this.#tell();
    const handle = this.#handle;
    this.#handle = null;
    await handle?.close();
  }

  /** The kept bytes from `offset` on, those that are still to come included; ends with the output. Rejects once its run was deleted. */
  async *read(offset: number, signal: AbortSignal): AsyncGenerator<Buffer, void> {
    let at = offset;
    let handle: FileHandle | null = null;
    try {
      for (;;) {
        while (at >= this.#keptBytes) {
          if (this.#isEnded || signal.aborted) return;
          await this.#grown(signal);
        }
        handle ??= await openPlain(this.file);
        const bytes = await readAt(handle, at, Math.min(READ_BYTES, this.#keptBytes - at));
        if (bytes.length === 0) throw new Error('the output of a run is shorter than it was');
        at += bytes.length;
        yield bytes;
      }
    } finally {
      await handle?.close();
    }
  }

  async #grown(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const go = () => {
        this.#waiting.delete(go);
        signal.removeEventListener('abort', go);
        resolve();
      };
      this.#waiting.add(go);
      signal.addEventListener('abort', go);
    });
  }

  #tell(): void {
    // Each takes itself out, which a set bears; who waits again waits for the next.
    for (const go of Array.from(this.#waiting)) go();
  }
}
