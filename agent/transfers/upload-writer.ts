// The one writer of an upload: its turn, its limits, its bytes into the file, and the check at the end. Begun by `file-transfers.ts` for
// a stream or a request (`transfer-stream.ts`, `upload-request.ts`).
import { type Transfer, TtError } from '@tt/protocol';
import type { DiskBudget } from '../storage/disk-budget.ts';
import type { TransferUser, UploadWriter } from './interface.ts';
import type { TransferEntry } from './transfer-entry.ts';
import type { TransferFiles } from './transfer-files.ts';
import type { TransferLimits } from './transfer-limits.ts';

/** A disconnected client may return before its earlier stream has ended: it does not need an error for that. */
const BUSY_WAIT_MS = 10_000;

export interface UploadWriterParts {
  files: Pick<TransferFiles, 'note'>;
  limits: Pick<TransferLimits, 'enter' | 'onDisk'>;
  /** How much may be written to `directory`, where the files lie. */
  budget: Pick<DiskBudget, 'open'>;
  directory: string;
  /** Removes a transfer. */
  remove: (id: string) => Promise<void>;
  /** The agent ends, and has closed all files: writers may outlive the connections they write for. */
  isClosed: () => boolean;
  /** How long a second writer waits for the first to end. Default: ten seconds. */
  busyWaitMs?: number;
}

export class FileUploadWriter implements UploadWriter {
  readonly #entry: TransferEntry;
  readonly #parts: UploadWriterParts;
  readonly #leave: () => void;
  /** Null until it has begun. */
  #growth: Awaited<ReturnType<DiskBudget['open']>> | null = null;
  #closing: Promise<void> | null = null;

  private constructor(entry: TransferEntry, parts: UploadWriterParts, leave: () => void) {
    this.#entry = entry;
    this.#parts = parts;
    this.#leave = leave;
  }

  /** See `Transfers.openUpload`. */
  static async open(entry: TransferEntry, user: TransferUser, parts: UploadWriterParts): Promise<UploadWriter> {
    entry.mustBe('upload', 'open');
    const leave = parts.limits.enter(user.name);
    let release: () => void;
    try {
      release = await entry.becomeWriter(parts.busyWaitMs ?? BUSY_WAIT_MS);
    } catch (error) {
      leave();
      throw error;
    }
    const writer = new FileUploadWriter(entry, parts, () => {
      release();
      leave();
    });
    try {
      await writer.#begin();
    } catch (error) {
      await writer.close();
      throw error;
    }
    return writer;
  }

  get doneBytes(): number {
    return this.#entry.transfer.doneBytes;
  }

  async #begin(): Promise<void> {
    const entry = this.#entry;
    await entry.change(async (transfer) => {
      entry.mustBe('upload', 'open');
      await entry.upload.open();
      return transfer;
    });
    // Its size is in the owner's quota since it began.
    const { directory, budget } = this.#parts;
    this.#growth = await budget.open({ owner: null, subject: entry.transfer.fileName, folders: [directory] });
  }

  write(...pieces: readonly Uint8Array[]): Promise<void> {
    const entry = this.#entry;
    return entry.change(async (transfer) => {
      if (this.#parts.isClosed()) throw new TtError('AGENT_GONE', { call: 'transfer.open' });
      entry.mustBe('upload', 'open');
      this.#growth?.write.signal.throwIfAborted();
      const { fileName, sizeBytes, doneBytes } = transfer;
      const byteCount = pieces.reduce((sum, { length }) => sum + length, 0);
      const sentBytes = doneBytes + byteCount;
      if (sentBytes > sizeBytes) throw new TtError('TRANSFER_SIZE', { fileName, sizeBytes, sentBytes });
      await this.#parts.limits.onDisk(transfer, byteCount, () => entry.upload.append(pieces));
      return { ...transfer, doneBytes: sentBytes };
    });
  }

  async end(sha256: string | null): Promise<Transfer> {
    const entry = this.#entry;
    const { files, limits, remove } = this.#parts;
    await entry.change(async (transfer) => {
      entry.mustBe('upload', 'open');
      const { fileName, sizeBytes, doneBytes } = transfer;
      if (doneBytes !== sizeBytes) throw new TtError('TRANSFER_SIZE', { fileName, sizeBytes, sentBytes: doneBytes });
      const found = await limits.onDisk(transfer, 0, () => entry.upload.seal());
      if (sha256 !== null && found !== sha256) {
        // Which of its bytes are wrong nobody knows, so no further byte can repair it.
        await remove(transfer.id);
        throw new TtError('TRANSFER_HASH', { fileName, expected: sha256, found });
      }
      const whole: Transfer = { ...transfer, state: 'whole', sha256: found };
      await limits.onDisk(transfer, 0, () => files.note(whole, sizeBytes));
      await entry.endUpload();
      return whole;
    });
    return entry.transfer;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const entry = this.#entry;
    this.#growth?.close();
    // What can't be noted is sent again by the next writer.
    await entry.alone(async () => entry.isThere && entry.settleUpload()).catch(() => {});
    this.#leave();
  }
}
