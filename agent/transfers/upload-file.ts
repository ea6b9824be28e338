// The bytes of one upload: appended by one writer, hashed as they arrive, and recorded as synced from time to time. After a
// power failure only the recorded length counts: bytes behind it in the file may be zeros.
import { createHash, type Hash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { openPlain, pathOf } from '../host/plain-file.ts';

/** A power cut costs no more than twice so many bytes. */
const SYNC_EVERY_BYTES = 64 * 1024 * 1024;

export interface UploadFileParts {
  file: string;
  /** Bytes of the file that are known to be on the disk. */
  syncedBytes: number;
  /** Makes it known to the next agent that so many bytes are on the disk. */
  note: (syncedBytes: number) => Promise<void>;
}

export class UploadFile {
  readonly #file: string;
  readonly #note: UploadFileParts['note'];
  #doneBytes: number;
  #syncedBytes: number;
  #handle: FileHandle | null = null;
  /** Of the first `doneBytes`; kept while there is no writer. */
  #hash: Hash | null = null;
  /** Never rejects: a failure is reported to the next caller. */
  #syncing: Promise<void> | null = null;
  #failure: { error: unknown } | null = null;

  constructor({ file, syncedBytes, note }: UploadFileParts) {
    this.#file = file;
    this.#note = note;
    this.#doneBytes = syncedBytes;
    this.#syncedBytes = syncedBytes;
  }

  /** Bytes written and hashed; the offset of the next one. */
  get doneBytes(): number {
    return this.#doneBytes;
  }

  /** For a writer. Truncates bytes that cannot be trusted, and hashes the rest unless this agent wrote it. */
  async open(): Promise<void> {
    if (this.#handle) return;
    const handle = await openPlain(this.#file, constants.O_RDWR);
    try {
      if ((await handle.stat()).size > this.#doneBytes) await handle.truncate(this.#doneBytes);
      this.#hash ??= await this.#hashOfDone(handle);
      this.#handle = handle;
    } finally {
      if (!this.#handle) await handle.close();
    }
  }

  async #hashOfDone(handle: FileHandle): Promise<Hash> {
    const hash = createHash('sha256');
    if (this.#doneBytes === 0) return hash;
    const bytes = createReadStream(pathOf(handle), { end: this.#doneBytes - 1, highWaterMark: 1024 * 1024 });
    for await (const chunk of bytes) hash.update(chunk as Buffer);
    return hash;
  }

  /** One piece behind the other. After a rejection, `doneBytes` is where to resume. */
  async append(pieces: readonly Uint8Array[]): Promise<void> {
    this.#mustBeWell();
    const { handle, hash } = this.#opened();
    const writing = writeAt(handle, pieces, this.#doneBytes);
    // Meanwhile; on a copy, as they count only once they are written.
    const next = hash.copy();
    for (const bytes of pieces) next.update(bytes);
    this.#doneBytes = await writing;
    this.#hash = next;
    const unsynced = this.#doneBytes - this.#syncedBytes;
    // Beside the bytes that come, one at a time; when the disk is that slow they wait for it.
    if (this.#syncing && unsynced >= 2 * SYNC_EVERY_BYTES) await this.#syncing;
    else if (!this.#syncing && unsynced >= SYNC_EVERY_BYTES) this.#syncing = this.#syncBeside(handle);
  }

  async #syncBeside(handle: FileHandle): Promise<void> {
    try {
      await this.#sync(handle, true);
    } catch (error) {
      this.#failure = { error };
    } finally {
      this.#syncing = null;
    }
  }

  /** All bytes are on the disk when it resolves, with their SHA-256. */
  async seal(): Promise<string> {
    await this.#syncing;
    this.#mustBeWell();
    const { handle, hash } = this.#opened();
    try {
      await this.#sync(handle, false);
    } catch (error) {
      this.#fallBack();
      throw error;
    }
    return hash.copy().digest('hex');
  }

  /** The writer has disconnected: records how far it got. Open it again for the next one. */
  async settle(): Promise<void> {
    const handle = this.#handle;
    if (!handle) return;
    try {
      await this.#syncing;
      this.#mustBeWell();
      if (this.#doneBytes > this.#syncedBytes) await this.#sync(handle, true);
    } catch (error) {
      this.#fallBack();
      throw error;
    } finally {
      await this.abandon();
    }
  }

  /** Closes the file; nothing more is recorded. */
  async abandon(): Promise<void> {
    const handle = this.#handle;
    this.#handle = null;
    await this.#syncing;
    await handle?.close();
  }

  #opened(): { handle: FileHandle; hash: Hash } {
    if (!this.#handle || !this.#hash) throw new Error('the upload was not opened');
    return { handle: this.#handle, hash: this.#hash };
  }

  #mustBeWell(): void {
    const failure = this.#failure;
    if (!failure) return;
    this.#fallBack();
    throw failure.error;
  }

  /** After a failed write the system may have dropped data: returns to the recorded state, to be opened and hashed again. */
  #fallBack(): void {
    this.#failure = null;
    this.#doneBytes = this.#syncedBytes;
    this.#hash = null;
  }

  async #sync(handle: FileHandle, noted: boolean): Promise<void> {
    const doneBytes = this.#doneBytes;
    await handle.datasync();
    if (noted) await this.#note(doneBytes);
    this.#syncedBytes = doneBytes;
  }
}

/** Where they end. */
async function writeAt(handle: FileHandle, pieces: readonly Uint8Array[], offset: number): Promise<number> {
  let at = offset;
  for (let rest = pieces; rest.length > 0; ) {
    const { bytesWritten } = await handle.writev(rest, at);
    at += bytesWritten;
    rest = behind(rest, bytesWritten);
  }
  return at;
}

/** What is left of the pieces after so many bytes. */
function behind(pieces: readonly Uint8Array[], byteCount: number): readonly Uint8Array[] {
  let skipped = 0;
  for (const [index, bytes] of pieces.entries()) {
    if (skipped + bytes.length > byteCount) {
      return [bytes.subarray(byteCount - skipped), ...pieces.slice(index + 1)];
    }
    skipped += bytes.length;
  }
  return [];
}
