// The agent's end of a transfer's stream: frames (client/transfer-frames.ts) in and out, one chunk after the other, on top of the
// transfers. A failure is told to the client by its code and ends the stream; what is written stays.
import { Duplex } from 'node:stream';
import { encodeFrame, FrameReader, type TransferFrame } from '@tt/client';
import { TRANSFER_CHUNK_BYTES, TRANSFER_WINDOW_BYTES, TtError } from '@tt/protocol';
import type { Transfers, TransferUser } from './interface.ts';

/** A client that says nothing for so long is cut off; it may come back and go on. */
const SILENCE_LIMIT_MS = 60_000;

export function transferStream(transfers: Transfers, id: string, user: TransferUser): Duplex {
  return new TransferStream(transfers, id, user);
}

class TransferStream extends Duplex {
  readonly #transfers: Transfers;
  readonly #id: string;
  readonly #user: TransferUser;
  readonly #reader = new FrameReader();
  /** Of an upload: where its next byte goes, as this client counts. Another that writes too makes this one fail. */
  #next = 0;
  /** Of a download: bytes sent and bytes the client has dealt with. */
  #sent = 0;
  #acknowledged = 0;
  #silence: NodeJS.Timeout | undefined;

  constructor(transfers: Transfers, id: string, user: TransferUser) {
    super({ writableHighWaterMark: TRANSFER_WINDOW_BYTES });
    this.#transfers = transfers;
    this.#id = id;
    this.#user = user;
    const { direction, doneBytes } = transfers.status(id, user);
    this.#next = doneBytes;
    if (direction === 'upload') this.#tell({ kind: 'progress', doneBytes });
    this.#heard();
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.#heard();
    void this.#answer(chunk, done);
  }

  /** Never rejects. A failure without a code destroys the stream: the border logs it. */
  async #answer(chunk: Buffer, done: (error?: Error | null) => void): Promise<void> {
    let failure: Error | null = null;
    try {
      await this.#take(chunk);
    } catch (error) {
      if (error instanceof TtError) this.#tell({ kind: 'failed', code: error.code, data: error.data });
      else failure = error instanceof Error ? error : new Error(String(error));
    }
    done(failure);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearTimeout(this.#silence);
    done(error);
  }

  async #take(chunk: Buffer): Promise<void> {
    for (const frame of this.#reader.push(chunk)) {
      if (frame.kind === 'data') await this.#write(frame.bytes);
      else if (frame.kind === 'progress') await this.#sendFrom(frame.doneBytes);
      else if (frame.kind === 'end') await this.#end(frame.sha256);
      else throw new Error('a client does not send that');
    }
  }

  async #write(bytes: Uint8Array): Promise<void> {
    const { doneBytes } = await this.#transfers.write(this.#id, this.#next, bytes, this.#user);
    this.#next = doneBytes;
    this.#tell({ kind: 'progress', doneBytes });
  }

  async #end(sha256: string | null): Promise<void> {
    const transfer = await this.#transfers.end(this.#id, sha256, this.#user);
    this.#tell({ kind: 'end', sha256: transfer.sha256, transfer });
  }

  /** The first one says where the client wants to go on. */
  async #sendFrom(doneBytes: number): Promise<void> {
    if (this.#acknowledged === 0 && this.#sent === 0) this.#sent = doneBytes;
    if (doneBytes > this.#sent || doneBytes < this.#acknowledged) throw new Error('it acknowledges what was not sent');
    this.#acknowledged = doneBytes;
    const { sizeBytes } = this.#transfers.status(this.#id, this.#user);
    while (this.#sent < sizeBytes && this.#sent + TRANSFER_CHUNK_BYTES - doneBytes <= TRANSFER_WINDOW_BYTES) {
      const { bytes } = await this.#transfers.read(this.#id, this.#sent, TRANSFER_CHUNK_BYTES, this.#user);
      this.#sent += bytes.length;
      this.#tell({ kind: 'data', bytes });
    }
    if (doneBytes < sizeBytes) return;
    // Also says TRANSFER_OFFSET and TRANSFER_STATE where there is nothing to be read.
    await this.#transfers.read(this.#id, doneBytes, 1, this.#user);
    const transfer = this.#transfers.status(this.#id, this.#user);
    this.#tell({ kind: 'end', sha256: transfer.sha256, transfer });
  }

  #tell(frame: TransferFrame): void {
    if (!this.destroyed) this.push(encodeFrame(frame));
  }

  #heard(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.destroy(), SILENCE_LIMIT_MS).unref();
  }
}
