// What a transfer's stream carries: frames of one byte for the kind, four for the length, and the payload. They are cut out of
// the bytes alone, because proxy and desktop pass bytes on and keep no borders of messages.
//
// Upload: the agent says `progress` (what it has), the client sends `data` from there on, each answered by `progress` once it is
// written, then `end` with the hash it expects, if it knows one; the agent answers `end` with the transfer.
// Download: the client says `progress` (what it has), the agent sends `data` from there on, the client answers with `progress`
// as it deals with them; the agent says `end` with the transfer. `size` comes once, before the first bytes: those of a file that is
// still packed come as it grows, and `failed` when it will never be whole.
// Neither sends more than TRANSFER_WINDOW_BYTES beyond the last `progress`. `failed` carries a coded error and ends it.
import { TRANSFER_CHUNK_BYTES, transferSchema } from '@tt/protocol';
import { z } from 'zod';

export const transferFrameSchemas = {
  progress: z.strictObject({ doneBytes: z.number().int().nonnegative() }),
  end: z.strictObject({ sha256: z.string().nullable(), transfer: transferSchema.nullable() }),
  size: z.strictObject({ sizeBytes: z.number().int().nonnegative() }),
  failed: z.strictObject({ code: z.string(), data: z.record(z.string(), z.unknown()) }),
};
type Notes = { [Kind in keyof typeof transferFrameSchemas]: z.infer<(typeof transferFrameSchemas)[Kind]> };
type NoteKind = keyof Notes;

export type TransferFrame =
  | { kind: 'data'; bytes: Uint8Array }
  | { [Kind in NoteKind]: { kind: Kind } & Notes[Kind] }[NoteKind];

const kinds = ['data', 'progress', 'end', 'failed', 'size'] as const;
const HEAD_BYTES = 5;

export function encodeFrame(frame: TransferFrame): Uint8Array {
  if (frame.kind === 'data') return framed(0, frame.bytes);
  const { kind, ...note } = frame;
  return framed(kinds.indexOf(kind), new TextEncoder().encode(JSON.stringify(note)));
}

function framed(kind: number, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HEAD_BYTES + payload.length);
  const head = new DataView(bytes.buffer);
  head.setUint8(0, kind);
  head.setUint32(1, payload.length);
  bytes.set(payload, HEAD_BYTES);
  return bytes;
}

/** Bytes that are no frames, or a frame that is out of its turn. Its message says why. */
export class FrameError extends Error {}

/** Cuts frames out of bytes however they are torn. Throws FrameError on anything else; it is of no use afterwards. */
export class FrameReader {
  #parts: Uint8Array[] = [];
  #held = 0;

  push(bytes: Uint8Array): TransferFrame[] {
    this.#parts.push(bytes);
    this.#held += bytes.length;
    const frames: TransferFrame[] = [];
    for (;;) {
      if (this.#held < HEAD_BYTES) return frames;
      const head = this.#peekHead();
      if (head.length > TRANSFER_CHUNK_BYTES) throw new FrameError(`a frame of ${head.length} bytes`);
      if (this.#held < HEAD_BYTES + head.length) return frames;
      const whole = this.#take(HEAD_BYTES + head.length);
      frames.push(frameOf(head.kind, whole.subarray(HEAD_BYTES)));
    }
  }

  #peekHead(): { kind: number; length: number } {
    if ((this.#parts[0]?.length ?? 0) < HEAD_BYTES) this.#parts = [this.#take(this.#held, true)];
    const [first = new Uint8Array()] = this.#parts;
    const view = new DataView(first.buffer, first.byteOffset, first.byteLength);
    return { kind: view.getUint8(0), length: view.getUint32(1) };
  }

  #take(count: number, keep = false): Uint8Array {
    const [first = new Uint8Array()] = this.#parts;
    if (!keep) this.#held -= count;
    if (first.length > count) {
      this.#parts[0] = first.subarray(count);
      return first.subarray(0, count);
    }
    if (first.length === count) {
      this.#parts.shift();
      return first;
    }
    const taken = new Uint8Array(count);
    for (let at = 0; at < count; ) {
      const part = this.#parts.shift() ?? new Uint8Array();
      const used = part.subarray(0, count - at);
      if (used.length < part.length) this.#parts.unshift(part.subarray(used.length));
      taken.set(used, at);
      at += used.length;
    }
    return taken;
  }
}

function frameOf(number: number, payload: Uint8Array): TransferFrame {
  const kind = kinds[number];
  if (kind === undefined) throw new FrameError(`a frame of unknown kind ${number}`);
  if (kind === 'data') return { kind, bytes: payload };
  const note = transferFrameSchemas[kind].safeParse(jsonIn(payload));
  if (!note.success) throw new FrameError(`a frame “${kind}” that says something else`, { cause: note.error });
  return { kind, ...note.data } as TransferFrame;
}

function jsonIn(payload: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(payload));
  } catch (cause) {
    throw new FrameError('a frame that is not JSON', { cause });
  }
}
