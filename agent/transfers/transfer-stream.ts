// The agent's end of a transfer's stream: frames (client/transfer-frames.ts) in and out, one chunk after the other, on top of
// the transfers. A failure is reported to the client by its code and ends the stream; what is written stays.
import { Duplex } from 'node:stream';
import { encodeFrame, FrameError, FrameReader, type TransferFrame } from '@tt/client';
import { TRANSFER_CHUNK_BYTES, TRANSFER_WINDOW_BYTES, TtError, UPLOAD_WINDOW_BYTES } from '@tt/protocol';
import type { DownloadReader, Transfers, TransferUser, UploadWriter } from './interface.ts';

/** A client that sends nothing for this time while it is waited for is disconnected; it can reconnect and resume. */
const SILENCE_LIMIT_MS = 60_000;

export interface TransferStreamOptions {
  silenceLimitMs?: number;
}

export function transferStream(
  transfers: Transfers,
  id: string,
  user: TransferUser,
  { silenceLimitMs = SILENCE_LIMIT_MS }: TransferStreamOptions = {},
): Duplex {
  const { direction } = transfers.status(id, user);
  const open = async (tell: Tell): Promise<Far> =>
    direction === 'upload'
      ? uploading(await transfers.openUpload(id, user), tell)
      : downloading(transfers.openDownload(id, user), tell);
  return new TransferStream(open, silenceLimitMs);
}

type Tell = (frame: TransferFrame) => void;

/** Pieces of the file that came at once, or what else the client says. */
type Said = { kind: 'data'; pieces: Uint8Array[] } | Exclude<TransferFrame, { kind: 'data' }>;

/** What frames of the client do. */
interface Far {
  take(said: Said): Promise<void>;
  close(): Promise<void>;
}

class TransferStream extends Duplex {
  readonly #open: (tell: Tell) => Promise<Far>;
  readonly #silenceLimitMs: number;
  readonly #reader = new FrameReader();
  #far: Far | null = null;
  #isUnreadable = false;
  #silence: NodeJS.Timeout | undefined;

  constructor(open: (tell: Tell) => Promise<Far>, silenceLimitMs: number) {
    super({ writableHighWaterMark: UPLOAD_WINDOW_BYTES });
    this.#open = open;
    this.#silenceLimitMs = silenceLimitMs;
  }

  override _construct(done: (error?: Error | null) => void): void {
    void this.#run(async () => {
      this.#far = await this.#open((frame) => this.#tell(frame));
    }, done);
  }

  // Bytes are pushed as they come: what may be under way is bounded by the window.
  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    clearTimeout(this.#silence);
    if (this.#isUnreadable) {
      done();
      return;
    }
    void this.#run(async () => {
      for (const said of together(this.#reader.push(chunk))) await this.#far?.take(said);
    }, done);
  }

  /** Never rejects. A failure without a code destroys the stream: the border logs it. */
  async #run(work: () => Promise<void>, done: (error?: Error | null) => void): Promise<void> {
    let failure: Error | null = null;
    try {
      await work();
    } catch (error) {
      const coded = error instanceof FrameError ? notValid(error) : error;
      if (coded instanceof TtError) {
        // Whoever comes next need not wait until this client has gone.
        await this.#leave();
        this.#tell({ kind: 'failed', code: coded.code, data: coded.data });
      } else failure = error instanceof Error ? error : new Error(String(error));
      if (error instanceof FrameError) this.#endUnread();
    }
    this.#waitForClient();
    done(failure);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearTimeout(this.#silence);
    void this.#end(error, done);
  }

  async #end(error: Error | null, done: (error?: Error | null) => void): Promise<void> {
    await this.#leave();
    done(error);
  }

  /** What follows on bytes that are no frames can't be read: it is dropped until the client has what was told to it. */
  #endUnread(): void {
    this.#isUnreadable = true;
    this.once('end', () => this.destroy());
    this.push(null);
  }

  /** Later frames are ignored. */
  async #leave(): Promise<void> {
    const far = this.#far;
    this.#far = null;
    await far?.close();
  }

  #tell(frame: TransferFrame): void {
    if (!this.destroyed && !this.#isUnreadable) this.push(encodeFrame(frame));
  }

  #waitForClient(): void {
    clearTimeout(this.#silence);
    if (!this.destroyed) this.#silence = setTimeout(() => this.destroy(), this.#silenceLimitMs).unref();
  }
}

/** Data that came at once is written, hashed and answered at once. */
function together(frames: readonly TransferFrame[]): Said[] {
  const all: Said[] = [];
  for (const frame of frames) {
    const last = all.at(-1);
    if (frame.kind !== 'data') all.push(frame);
    else if (last?.kind === 'data') last.pieces.push(frame.bytes);
    else all.push({ kind: 'data', pieces: [frame.bytes] });
  }
  return all;
}

/** The client's fault, and no line of the log. */
function notValid({ message }: FrameError): TtError {
  return new TtError('INPUT_INVALID', { summary: message, issues: [] });
}

function uploading(writer: UploadWriter, tell: Tell): Far {
  tell({ kind: 'progress', doneBytes: writer.doneBytes });
  return {
    async take(said) {
      if (said.kind === 'data') {
        await writer.write(...said.pieces);
        tell({ kind: 'progress', doneBytes: writer.doneBytes });
      } else if (said.kind === 'end') {
        const transfer = await writer.end(said.sha256);
        tell({ kind: 'end', sha256: transfer.sha256, transfer });
      } else throw new FrameError('a client that sends a file does not send that');
    },
    close: () => writer.close(),
  };
}

function downloading(reader: DownloadReader, tell: Tell): Far {
  /** Bytes sent, and bytes the client has processed; null until it has sent the offset to resume from. */
  let sent: number | null = null;
  let acknowledged = 0;
  const closing = new AbortController();
  const closed = closing.signal;
  let isSizeTold = false;

  /** Sends as far as the window allows; the end is sent once the client has everything. */
  async function send(): Promise<void> {
    while (!closed.aborted && sent !== null && sent + TRANSFER_CHUNK_BYTES - acknowledged <= TRANSFER_WINDOW_BYTES) {
      const bytes = await reader.read(sent, TRANSFER_CHUNK_BYTES);
      if (closed.aborted) return;
      if (!isSizeTold) tell({ kind: 'size', sizeBytes: reader.status().sizeBytes });
      isSizeTold = true;
      if (bytes.length === 0) {
        if (acknowledged < sent) return;
        const transfer = reader.status();
        tell({ kind: 'end', sha256: transfer.sha256, transfer });
        return;
      }
      sent += bytes.length;
      tell({ kind: 'data', bytes });
    }
  }

  return {
    async take(said) {
      if (said.kind !== 'progress') throw new FrameError('a client that fetches a file does not send that');
      const { doneBytes } = said;
      sent ??= doneBytes;
      if (doneBytes > sent || doneBytes < acknowledged) throw new FrameError('it acknowledges what was not sent');
      acknowledged = doneBytes;
      await send();
    },
    async close() {
      closing.abort();
      reader.close();
    },
  };
}
