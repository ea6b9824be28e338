// One transfer while the agent runs: its state, one change at a time, one writer at a time, and readers that wait for more.
import { type Transfer, TtError } from '@tt/protocol';
import { Mutex } from '../host/mutex.ts';
import type { TransferFiles } from './transfer-files.ts';
import { UploadFile } from './upload-file.ts';

export interface EntryParts {
  files: TransferFiles;
  /** The same with a new end of its time. */
  touched: (transfer: Transfer) => Transfer;
  /** False once it was dropped, used or swept. */
  isThere: (entry: TransferEntry) => boolean;
}

export class TransferEntry {
  transfer: Transfer;
  readonly #parts: EntryParts;
  readonly #changes = new Mutex();
  /** Of an open upload, once something was written. */
  #upload: UploadFile | null = null;
  /** Resolves when its writer has disconnected; null if there is none. */
  #writing: Promise<void> | null = null;
  /** Of a download that is made: resolves with its next change. */
  #news = Promise.withResolvers<void>();
  /** What made its packing fail. */
  #failure: { error: unknown } | null = null;

  constructor(transfer: Transfer, parts: EntryParts) {
    this.transfer = transfer;
    this.#parts = parts;
  }

  get isThere(): boolean {
    return this.#parts.isThere(this);
  }

  mustBeThere(): void {
    if (!this.isThere) throw new TtError('TRANSFER_NOT_FOUND', { transferId: this.transfer.id });
  }

  /** Throws TRANSFER_STATE. */
  mustBe(direction: Transfer['direction'], state: Transfer['state']): void {
    if (this.transfer.direction !== direction || this.transfer.state !== state) throw this.stateError();
  }

  stateError(): TtError {
    const { fileName, direction, state } = this.transfer;
    return new TtError('TRANSFER_STATE', { fileName, direction, state });
  }

  /** By an operation, which alone may end it. */
  get isWorkedOn(): boolean {
    return this.transfer.state === 'inUse' || this.transfer.state === 'packing';
  }

  /** Runs `work` while nothing else changes it. */
  alone<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.#changes.run(work);
  }

  /** One change of a transfer at a time; after a failed one its state follows its file. */
  change(change: (transfer: Transfer) => Promise<Transfer>): Promise<void> {
    return this.#changes.run(async () => {
      this.mustBeThere();
      try {
        this.transfer = this.#parts.touched(await change(this.transfer));
      } catch (error) {
        if (this.#upload) this.transfer = { ...this.transfer, doneBytes: this.#upload.doneBytes };
        throw error;
      }
    });
  }

  /** Something about it that needs no file: for readers who wait. */
  tell(about: Partial<Transfer>): void {
    this.transfer = this.#parts.touched({ ...this.transfer, ...about });
    this.wake();
  }

  /** The file its bytes are written to. */
  get upload(): UploadFile {
    const { id, doneBytes } = this.transfer;
    this.#upload ??= new UploadFile({
      file: this.#parts.files.bytesOf(id),
      // Without a file that is known, it is as the earlier agent noted it.
      syncedBytes: doneBytes,
      note: (syncedBytes) => this.#parts.files.note(this.transfer, syncedBytes),
    });
    return this.#upload;
  }

  /** Records what is on disk. */
  async settleUpload(): Promise<void> {
    try {
      await this.#upload?.settle();
    } finally {
      this.transfer = { ...this.transfer, doneBytes: this.#upload?.doneBytes ?? this.transfer.doneBytes };
    }
  }

  /** Closes its file, whose bytes are not needed (any more). */
  async abandonUpload(): Promise<void> {
    await this.#upload?.abandon();
  }

  /** It is whole: nothing more is written to its file. */
  async endUpload(): Promise<void> {
    const upload = this.#upload;
    this.#upload = null;
    await upload?.abandon();
  }

  /**
   * Excludes other writers until the returned function is called. Throws TRANSFER_BUSY if another one keeps writing for this
   * time.
   */
  async becomeWriter(waitMs: number): Promise<() => void> {
    const waited = new AbortController();
    const timer = setTimeout(() => waited.abort(), waitMs);
    try {
      while (this.#writing) {
        if (waited.signal.aborted) throw new TtError('TRANSFER_BUSY', { fileName: this.transfer.fileName });
        await Promise.race([this.#writing, aborted(waited.signal)]);
      }
    } finally {
      clearTimeout(timer);
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#writing = promise;
    return () => {
      this.#writing = null;
      resolve();
    };
  }

  /** These bytes, which are there; that keeps it for longer. */
  async read(offset: number, length: number): Promise<Uint8Array> {
    const bytes = await this.#parts.files.read(this.transfer.id, offset, length).catch((error: unknown) => {
      // Dropped, or timed out, while it was read: it is not there, and nobody is at fault.
      this.mustBeThere();
      throw error;
    });
    this.transfer = this.#parts.touched(this.transfer);
    return bytes;
  }

  /** Where the bytes end that can be read: beyond `offset`, or there at the end of the whole file. */
  async grownBeyond(offset: number, isClosed: () => boolean): Promise<number> {
    for (;;) {
      if (this.#failure) throw this.#failure.error;
      this.mustBeThere();
      const { id, state, sizeBytes, doneBytes } = this.transfer;
      const isSizeKnown = state === 'whole' || sizeBytes > 0;
      if (isSizeKnown && offset > sizeBytes) {
        throw new TtError('TRANSFER_OFFSET', { transferId: id, offset, expected: sizeBytes });
      }
      if (state === 'whole' || doneBytes > offset) return doneBytes;
      if (isClosed()) return offset;
      await this.#news.promise;
    }
  }

  /** Readers get the reason why there will be no more bytes. */
  failPacking(error: unknown): void {
    this.#failure = { error };
    this.wake();
  }

  /** Wakes the readers. */
  wake(): void {
    this.#news.resolve();
    this.#news = Promise.withResolvers<void>();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
