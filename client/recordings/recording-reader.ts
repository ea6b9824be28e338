// Reads a recording from a file of any size, in order, without holding it: a piece at a time, each record whole.
import {
  type About,
  aboutSchema,
  endSchema,
  HEAD_OF_FILE_BYTES,
  HEAD_OF_RECORD_BYTES,
  inputSchema,
  type Mark,
  markSchema,
  readJson,
  readMagic,
  readRecordHead,
  type RecordedInput,
  type RecordingEnd,
  recordType,
} from './recording-format.ts';

export type Recorded = { atMs: number } & (
  | { kind: 'begin' }
  | { kind: 'screen'; bytes: Uint8Array<ArrayBuffer> }
  | { kind: 'input'; input: RecordedInput }
  | { kind: 'mark'; mark: Mark }
  | { kind: 'end'; reason: RecordingEnd['reason'] }
);

/** A file or a part of one: what of a Blob is used. */
export interface RecordingSource {
  readonly size: number;
  slice(from: number, to: number): { arrayBuffer(): Promise<ArrayBuffer> };
}

/** A record of a file, not read yet. */
export interface RecordAt {
  type: number;
  /** As the file says: it may go back. */
  atMs: number;
  /** Where the next one begins. */
  endAt: number;
  read: () => Promise<Uint8Array<ArrayBuffer>>;
}

const PIECE_BYTES = 1024 * 1024;
/** Heads alone are far from each other where pictures are large. */
const HEADS_BYTES = 16 * 1024;

export class RecordingReader {
  readonly about: About;
  readonly #source: RecordingSource;
  readonly #startAt: number;

  private constructor(source: RecordingSource, about: About, startAt: number) {
    this.#source = source;
    this.about = about;
    this.#startAt = startAt;
  }

  /** Rejects with RecordingError for another file. */
  static async open(source: RecordingSource): Promise<RecordingReader> {
    const { aboutAt, aboutBytes } = readMagic(await bytesOf(source, 0, HEAD_OF_FILE_BYTES));
    const about = readJson(aboutSchema, await bytesOf(source, aboutAt, aboutAt + aboutBytes));
    return new RecordingReader(source, about, aboutAt + aboutBytes);
  }

  /** All that was recorded, in order. Ends where the file breaks off; throws RecordingError where it makes no sense. */
  async *records(): AsyncGenerator<Recorded, void, undefined> {
    const pieces = new Pieces(this.#source, PIECE_BYTES);
    let lastMs = 0;
    for (let at = this.#startAt; ; ) {
      const headBytes = await pieces.read(at, HEAD_OF_RECORD_BYTES);
      if (!headBytes) return;
      const head = readRecordHead(headBytes);
      const body = await pieces.read(at + HEAD_OF_RECORD_BYTES, head.byteCount);
      if (!body) return;
      at += HEAD_OF_RECORD_BYTES + head.byteCount;
      // Time does not go back, whatever the file says.
      lastMs = Math.max(lastMs, head.atMs);
      const recorded = recordedOf(head.type, lastMs, body);
      if (recorded) yield recorded;
      if (recorded?.kind === 'end') return;
    }
  }

  /**
   * Its records, whole ones only, without what is in them: that is read where `read` is called, before the next one is asked for.
   * `pieceBytes`: how much of the file is read at once; default: little, for who reads few of them.
   */
  async *heads(pieceBytes = HEADS_BYTES): AsyncGenerator<RecordAt, void, undefined> {
    const pieces = new Pieces(this.#source, pieceBytes);
    for (let at = this.#startAt; ; ) {
      const headBytes = await pieces.read(at, HEAD_OF_RECORD_BYTES);
      if (!headBytes) return;
      const { type, atMs, byteCount } = readRecordHead(headBytes);
      const bodyAt = at + HEAD_OF_RECORD_BYTES;
      at = bodyAt + byteCount;
      if (at > this.#source.size) return;
      const read = async () => (await pieces.read(bodyAt, byteCount)) ?? new Uint8Array();
      yield { type, atMs, endAt: at, read };
      if (type === recordType.end) return;
    }
  }

  /** How long it is, in milliseconds, and where something happened. Most of a large file is not read for that. */
  async survey(): Promise<{ lengthMs: number; marks: { atMs: number; mark: Mark }[] }> {
    const marks: { atMs: number; mark: Mark }[] = [];
    let lengthMs = 0;
    for await (const { type, atMs, read } of this.heads()) {
      lengthMs = Math.max(lengthMs, atMs);
      if (type === recordType.mark && marks.length < MOST_MARKS)
        marks.push({ atMs: lengthMs, mark: readJson(markSchema, await read()) });
    }
    return { lengthMs, marks };
  }
}

/** Reads a file forward, a piece at a time. */
class Pieces {
  readonly #source: RecordingSource;
  readonly #pieceBytes: number;
  #piece: Uint8Array<ArrayBuffer> = new Uint8Array();
  #pieceAt = 0;

  constructor(source: RecordingSource, pieceBytes: number) {
    this.#source = source;
    this.#pieceBytes = pieceBytes;
  }

  /** A copy; null: the file ends before. */
  async read(at: number, byteCount: number): Promise<Uint8Array<ArrayBuffer> | null> {
    const end = at + byteCount;
    if (end > this.#source.size) return null;
    if (at < this.#pieceAt || end > this.#pieceAt + this.#piece.length) {
      this.#pieceAt = at;
      this.#piece = await bytesOf(this.#source, at, Math.min(this.#source.size, Math.max(end, at + this.#pieceBytes)));
    }
    return this.#piece.slice(at - this.#pieceAt, end - this.#pieceAt);
  }
}

/** As many as a line of time can show. */
const MOST_MARKS = 1000;

/** null: of a type that a later version has. */
function recordedOf(type: number, atMs: number, body: Uint8Array<ArrayBuffer>): Recorded | null {
  switch (type) {
    case recordType.begin:
      return { kind: 'begin', atMs };
    case recordType.screen:
      return { kind: 'screen', atMs, bytes: body };
    case recordType.input:
      return { kind: 'input', atMs, input: readJson(inputSchema, body) };
    case recordType.mark:
      return { kind: 'mark', atMs, mark: readJson(markSchema, body) };
    case recordType.end:
      return { kind: 'end', atMs, reason: readJson(endSchema, body).reason };
    default:
      return null;
  }
}

async function bytesOf(source: RecordingSource, from: number, to: number): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await source.slice(from, to).arrayBuffer());
}
