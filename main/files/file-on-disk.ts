// A file of this computer that main reads for a window: opened once, and no further than it stays what it was when it was opened.
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import path from 'node:path';
import { reason, TtError } from '@tt/protocol';

export interface FileFacts {
  isFile: boolean;
  sizeBytes: number;
  /** Since 1970. */
  changedAtMs: number;
  /** What tells a file from another one that is put in its place, or from itself after a change. */
  identity: string;
}

/** Read at once; two of them are held. */
const PIECE_BYTES = 1024 * 1024;

/** Without waiting for who writes into a pipe that has the name of a file. */
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NONBLOCK;

export class FileOnDisk {
  readonly facts: FileFacts;
  readonly #name: string;
  readonly #handle: FileHandle;

  private constructor(file: string, handle: FileHandle, facts: FileFacts) {
    this.#name = path.basename(file);
    this.#handle = handle;
    this.facts = facts;
  }

  /** Rejects as the system does. Whoever opens it closes it. */
  static async open(file: string): Promise<FileOnDisk> {
    const handle = await open(file, OPEN_FLAGS);
    try {
      return new FileOnDisk(file, handle, await factsOf(handle));
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Exactly so many bytes. Rejects with FILE_UNUSABLE: it has become shorter, or can’t be read. */
  async read(offset: number, lengthBytes: number): Promise<Uint8Array> {
    const bytes = Buffer.allocUnsafeSlow(lengthBytes);
    for (let done = 0; done < lengthBytes; ) {
      const left = lengthBytes - done;
      const { bytesRead } = await this.#handle.read(bytes, done, left, offset + done).catch((cause: unknown) => {
        throw this.#unusable('unreadable', cause);
      });
      if (bytesRead === 0) throw this.#unusable('shrankWhileSent');
      done += bytesRead;
    }
    return bytes;
  }

  /**
   * All bytes from there on, the next piece read while the last is dealt with. The last piece comes only if it is still the file that was
   * opened: what was put together of two states is never whole. Rejects with FILE_UNUSABLE.
   */
  async *pieces(offset: number): AsyncGenerator<readonly Uint8Array[], void, void> {
    const { sizeBytes } = this.facts;
    let next = this.#piece(offset);
    for (let at = offset; at < sizeBytes; ) {
      const piece = await next;
      at += piece.length;
      if (at < sizeBytes) next = this.#piece(at);
      else if ((await factsOf(this.#handle)).identity !== this.facts.identity) throw this.#unusable('changedWhileSent');
      yield [piece];
    }
  }

  /** Once what is being read has been read. */
  async close(): Promise<void> {
    await this.#handle.close();
  }

  #piece(at: number): Promise<Uint8Array> {
    const piece = this.read(at, Math.min(PIECE_BYTES, this.facts.sizeBytes - at));
    // Whoever asks for it learns of it; one that is read ahead may never be asked for.
    piece.catch(() => {});
    return piece;
  }

  #unusable(why: 'unreadable' | 'shrankWhileSent' | 'changedWhileSent', cause?: unknown): TtError {
    return new TtError('FILE_UNUSABLE', { file: this.#name, reason: reason(why) }, { cause });
  }
}

async function factsOf(handle: FileHandle): Promise<FileFacts> {
  const stat = await handle.stat({ bigint: true });
  return {
    isFile: stat.isFile(),
    sizeBytes: Number(stat.size),
    changedAtMs: Number(stat.mtimeNs / 1_000_000n),
    identity: [stat.dev, stat.ino, stat.size, stat.mtimeNs].join(' '),
  };
}
