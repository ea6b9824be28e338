// Reads a tar file whose members are known beforehand, by a manifest: headers and bytes at given places. What is not there, or is not what
// it should be, becomes an error of the caller's kind.
import type { FileHandle } from 'node:fs/promises';
import { quoted, type Reason, reason } from '@tt/protocol';
import { BLOCK_BYTES, readTarHeader, type TarEntry, TarError } from './tar-header.ts';

const PIECE_BYTES = 1024 * 1024;

export class TarReader {
  readonly #file: FileHandle;
  readonly #invalid: (why: Reason) => Error;

  constructor(file: FileHandle, invalid: (why: Reason) => Error) {
    this.#file = file;
    this.#invalid = invalid;
  }

  /** The plain file whose header is there; null: the end of the archive. */
  async entryAt(offset: number): Promise<TarEntry | null> {
    try {
      const entry = readTarHeader(await this.exactly(offset, BLOCK_BYTES));
      if (entry && !entry.isFile) throw this.#invalid(reason('memberNotPlain', { file: entry.name }));
      return entry;
    } catch (error) {
      if (error instanceof TarError) throw this.#invalid(quoted('tarInvalid', error.message));
      throw error;
    }
  }

  /** Rejects if the file ends before. */
  async exactly(offset: number, length: number): Promise<Buffer> {
    const buffer = Buffer.alloc(length);
    for (let done = 0; done < length; ) {
      const { bytesRead } = await this.#file.read(buffer, done, length - done, offset + done);
      if (bytesRead === 0) throw this.#invalid(reason('endsEarly'));
      done += bytesRead;
    }
    return buffer;
  }

  /** The same in pieces, for bytes that do not have to be in memory together. */
  async *pieces(offset: number, length: number): AsyncGenerator<Buffer> {
    for (let done = 0; done < length; ) {
      const piece = await this.exactly(offset + done, Math.min(PIECE_BYTES, length - done));
      yield piece;
      done += piece.length;
    }
  }
}
