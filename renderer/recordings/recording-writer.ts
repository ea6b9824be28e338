// Writes a recording as it happens: each record goes to the file at once, within limits of size and time. A file that breaks off can be
// played up to there.
import {
  type About,
  encodeHead,
  encodeJson,
  encodeRecord,
  type Mark,
  type RecordedInput,
  type RecordingEnd,
  recordType,
  type RecordType,
} from '@tt/client/recordings';

/** Where the bytes go. */
export interface RecordingSink {
  /** How many bytes it takes in all. */
  readonly mostBytes: number;
  /** In order; rejects when it can't be written. */
  write(bytes: Uint8Array): Promise<void>;
  /** All of it is written: makes the file. */
  close(): Promise<void>;
  /** Leaves nothing behind, if that is possible. */
  abort(): Promise<void>;
  /** What was written, once it is closed: to attach it to a capsule. Rejects when the file is not there any more. */
  file?(): Promise<Blob>;
}

export interface RecordingWriterOptions {
  sink: RecordingSink;
  about: About;
  /** Milliseconds, of a clock that only goes forward. */
  nowMs: () => number;
  /** Default: four hours. */
  mostMs?: number;
  /** Bytes that wait for the sink; more end the recording. Default: 64 MiB. */
  mostWaitingBytes?: number;
  /** It has ended without being told to. */
  onEnd: (end: RecordingEnd | { reason: 'failed'; error: Error }) => void;
}

const FOUR_HOURS_MS = 4 * 60 * 60 * 1000;
const WAITING_BYTES = 64 * 1024 * 1024;
/** Left for the last record. */
const END_BYTES = 64;

export class RecordingWriter {
  readonly #options: Required<RecordingWriterOptions>;
  readonly #startedMs: number;
  #byteCount = 0;
  #waitingBytes = 0;
  #isOver = false;
  /** Writes are done one after the other. Never rejects. */
  #last: Promise<void> = Promise.resolve();
  #failure: Error | null = null;

  constructor(options: RecordingWriterOptions) {
    this.#options = { mostMs: FOUR_HOURS_MS, mostWaitingBytes: WAITING_BYTES, ...options };
    this.#startedMs = options.nowMs();
    this.#put(encodeHead(options.about));
  }

  /** Of the file so far, in bytes. */
  get byteCount(): number {
    return this.#byteCount;
  }

  get elapsedMs(): number {
    return this.#options.nowMs() - this.#startedMs;
  }

  begin(): void {
    this.#record(recordType.begin, new Uint8Array());
  }

  screen(bytes: Uint8Array): void {
    this.#record(recordType.screen, bytes);
  }

  input({ code, down }: RecordedInput): void {
    if (this.#options.about.hasInput) this.#record(recordType.input, encodeJson({ code, down }));
  }

  mark(mark: Mark): void {
    this.#record(recordType.mark, encodeJson(mark));
  }

  /** Ends it; resolves when the file is there. Rejects when it could not be written. A second call does no more. */
  async stop(reason: RecordingEnd['reason'] = 'stopped'): Promise<void> {
    if (!this.#isOver) this.#finish(reason);
    await this.#last;
    if (this.#failure) throw this.#failure;
  }

  #record(type: RecordType, body: Uint8Array): void {
    if (this.#isOver) return;
    const bytes = encodeRecord(type, this.elapsedMs, body);
    const { sink, mostMs, mostWaitingBytes } = this.#options;
    if (this.elapsedMs > mostMs || this.#byteCount + bytes.length + END_BYTES > sink.mostBytes) this.#endAlone('full');
    else if (this.#waitingBytes + bytes.length > mostWaitingBytes) this.#endAlone('slow');
    else this.#put(bytes);
  }

  #endAlone(reason: RecordingEnd['reason']): void {
    this.#finish(reason);
    void this.#last.then(() => {
      if (!this.#failure) this.#options.onEnd({ reason });
    });
  }

  #finish(reason: RecordingEnd['reason']): void {
    this.#put(encodeRecord(recordType.end, this.elapsedMs, encodeJson({ reason } satisfies RecordingEnd)));
    this.#isOver = true;
    this.#inTurn(() => this.#options.sink.close());
  }

  #put(bytes: Uint8Array): void {
    this.#byteCount += bytes.length;
    this.#waitingBytes += bytes.length;
    this.#inTurn(async () => {
      await this.#options.sink.write(bytes);
      this.#waitingBytes -= bytes.length;
    });
  }

  #inTurn(work: () => Promise<void>): void {
    this.#last = this.#last.then(async () => {
      if (this.#failure) return;
      try {
        await work();
      } catch (cause) {
        this.#fail(cause instanceof Error ? cause : new Error(String(cause)));
      }
    });
  }

  #fail(why: Error): void {
    const wasOver = this.#isOver;
    this.#failure = why;
    this.#isOver = true;
    // What was written so far is of use; a sink that can't keep it says so by failing once more.
    void this.#options.sink.abort().catch(() => {});
    if (!wasOver) this.#options.onEnd({ reason: 'failed', error: why });
  }
}
