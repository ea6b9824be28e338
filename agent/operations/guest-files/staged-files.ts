// The files of one push as they lie in an upload, one after the other. Guests read them at their own pace.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type SentFile, TtError } from '@tt/protocol';
import type { TakenUpload } from '../../transfers/interface.ts';

const READ_BYTES = 64 * 1024;

export class StagedFiles {
  readonly files: readonly SentFile[];
  readonly totalBytes: number;
  readonly #upload: TakenUpload | null;
  readonly #starts: readonly number[];
  readonly #hashes = new Map<number, Promise<string>>();

  /** Throws TRANSFER_SIZE if the upload is not as long as its files. `upload` is null if all of them are empty. */
  constructor(files: readonly SentFile[], upload: TakenUpload | null) {
    this.files = files;
    this.#upload = upload;
    let at = 0;
    this.#starts = files.map(({ sizeBytes }) => {
      const start = at;
      at += sizeBytes;
      return start;
    });
    this.totalBytes = at;
    if (at !== (upload?.sizeBytes ?? 0)) {
      throw new TtError('TRANSFER_SIZE', {
        fileName: upload?.fileName ?? '',
        sizeBytes: at,
        sentBytes: upload?.sizeBytes ?? 0,
      });
    }
  }

  /** SHA-256 of one file: read once, for all guests. */
  sha256(index: number): Promise<string> {
    const known = this.#hashes.get(index);
    if (known) return known;
    const hash = this.#hash(index);
    this.#hashes.set(index, hash);
    return hash;
  }

  async *content(index: number, offset: number): AsyncGenerator<Uint8Array> {
    const size = this.files[index]?.sizeBytes ?? 0;
    if (!this.#upload || offset >= size) return;
    const start = this.#starts[index] ?? 0;
    const range = { start: start + offset, end: start + size - 1, highWaterMark: READ_BYTES };
    for await (const bytes of createReadStream(this.#upload.path, range)) yield bytes as Buffer;
  }

  async #hash(index: number): Promise<string> {
    if (this.files.length === 1 && this.#upload) return this.#upload.sha256;
    const hash = createHash('sha256');
    for await (const bytes of this.content(index, 0)) hash.update(bytes);
    return hash.digest('hex');
  }
}
