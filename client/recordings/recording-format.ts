// The file of a recorded screen (docs/recording-format.md): a head, then records with their time. Pure; written by the window's
// RecordingWriter, read by RecordingReader.
import { z } from 'zod';

/** `TTREC`, a zero, and the version in two digits. */
const MAGIC = new TextEncoder().encode('TTREC\u000001');
const HEAD_BYTES = MAGIC.length + 4;
const RECORD_HEAD_BYTES = 9;
export const MOST_ABOUT_BYTES = 64 * 1024;
/** What comes from an agent comes in pieces of at most a MiB. */
export const MOST_RECORD_BYTES = 4 * 1024 * 1024;

export const recordType = {
  /** The connection to the screen begins: what follows has nothing to do with what came before. */
  begin: 1,
  /** Bytes of the screen (RFB, server to viewer). */
  screen: 2,
  /** A key of who recorded: {@link inputSchema}. */
  input: 3,
  /** Something happened: {@link markSchema}. */
  mark: 4,
  /** It was ended, and did not break off: {@link endSchema}. */
  end: 5,
} as const;
export type RecordType = (typeof recordType)[keyof typeof recordType];

export const aboutSchema = z.object({
  vmName: z.string().max(256),
  vmId: z.string().max(64),
  /** ISO 8601. */
  startedAt: z.iso.datetime(),
  /** Keys are in it. */
  hasInput: z.boolean(),
});
export type About = z.infer<typeof aboutSchema>;

/** `code`: as KeyboardEvent.code, of the physical key. */
export const inputSchema = z.object({ code: z.string().max(32), down: z.boolean() });
export type RecordedInput = z.infer<typeof inputSchema>;

export const markSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('reverted'), snapshot: z.string().max(256) }),
  /** The link was lost, or the machine stopped. */
  z.object({ kind: z.literal('lost') }),
]);
export type Mark = z.infer<typeof markSchema>;

/** `stopped` by who recorded; `full`: a limit was reached; `gone`: the machine is; `slow`: the file could not be written in time. */
export const endSchema = z.object({ reason: z.enum(['stopped', 'full', 'gone', 'slow']) });
export type RecordingEnd = z.infer<typeof endSchema>;

export interface RecordHead {
  type: number;
  /** Milliseconds since the beginning. */
  atMs: number;
  byteCount: number;
}

export function encodeHead(about: About): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(JSON.stringify(about));
  const head = new Uint8Array(HEAD_BYTES + text.length);
  head.set(MAGIC);
  new DataView(head.buffer).setUint32(MAGIC.length, text.length);
  head.set(text, HEAD_BYTES);
  return head;
}

export function encodeRecord(type: RecordType, atMs: number, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const record = new Uint8Array(RECORD_HEAD_BYTES + body.length);
  const view = new DataView(record.buffer);
  view.setUint8(0, type);
  view.setUint32(1, Math.min(0xffffffff, Math.max(0, Math.round(atMs))));
  view.setUint32(5, body.length);
  record.set(body, RECORD_HEAD_BYTES);
  return record;
}

export const encodeJson = (value: object): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

/**
 * What is wrong with a file: `foreign`: it is no recording; `newer`: of a later version; `broken`: it can't be read from here on; `large`:
 * larger than one that comes with a capsule may be.
 */
export class RecordingError extends Error {
  readonly why: 'foreign' | 'newer' | 'broken' | 'large';

  constructor(why: RecordingError['why']) {
    super(`the recording is ${why}`);
    this.why = why;
  }
}

/** How many bytes the head takes, without what it is about; throws for another file. */
export function readMagic(bytes: Uint8Array): { aboutAt: number; aboutBytes: number } {
  if (bytes.length < HEAD_BYTES) throw new RecordingError('foreign');
  const name = MAGIC.length - 2;
  if (MAGIC.subarray(0, name).some((byte, at) => bytes[at] !== byte)) throw new RecordingError('foreign');
  if (MAGIC.subarray(name).some((byte, at) => bytes[name + at] !== byte)) throw new RecordingError('newer');
  const aboutBytes = viewOf(bytes).getUint32(MAGIC.length);
  if (aboutBytes > MOST_ABOUT_BYTES) throw new RecordingError('broken');
  return { aboutAt: HEAD_BYTES, aboutBytes };
}

export const HEAD_OF_FILE_BYTES = HEAD_BYTES;
export const HEAD_OF_RECORD_BYTES = RECORD_HEAD_BYTES;

/** Throws for one that is too long. Unknown types are for the reader to skip: later versions may have them. */
export function readRecordHead(bytes: Uint8Array): RecordHead {
  const view = viewOf(bytes);
  const byteCount = view.getUint32(5);
  if (byteCount > MOST_RECORD_BYTES) throw new RecordingError('broken');
  return { type: view.getUint8(0), atMs: view.getUint32(1), byteCount };
}

/** Throws for what is not as the schema says. */
export function readJson<Value>(schema: z.ZodType<Value>, bytes: Uint8Array): Value {
  try {
    return schema.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
  } catch {
    throw new RecordingError('broken');
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
