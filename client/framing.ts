// Frames in a stream of bytes: one byte for the kind, four for the length (big endian), and the payload. They are cut out of the bytes
// alone, because proxy and desktop pass bytes on and keep no borders of messages.
import type { z } from 'zod';

/** What a frame has besides its payload. */
export const FRAME_HEAD_BYTES = 5;

/** Bytes that are no frames, or a frame that is out of its turn. Its message says why. */
export class FrameError extends Error {}

export function framed(kind: number, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(FRAME_HEAD_BYTES + payload.length);
  const head = new DataView(bytes.buffer);
  head.setUint8(0, kind);
  head.setUint32(1, payload.length);
  bytes.set(payload, FRAME_HEAD_BYTES);
  return bytes;
}

/** The same kind of frame as often as it takes, each with at most so many bytes of payload. */
export function framedInRow(kind: number, payload: Uint8Array, mostBytes: number): Uint8Array {
  const count = Math.ceil(payload.length / mostBytes);
  const bytes = new Uint8Array(count * FRAME_HEAD_BYTES + payload.length);
  const heads = new DataView(bytes.buffer);
  for (let done = 0, at = 0; done < payload.length; done += mostBytes) {
    const piece = payload.subarray(done, done + mostBytes);
    heads.setUint8(at, kind);
    heads.setUint32(at + 1, piece.length);
    bytes.set(piece, at + FRAME_HEAD_BYTES);
    at += FRAME_HEAD_BYTES + piece.length;
  }
  return bytes;
}

/** A frame whose payload is JSON. */
export function framedNote(kind: number, note: unknown): Uint8Array {
  return framed(kind, new TextEncoder().encode(JSON.stringify(note)));
}

/** What the payload of such a frame says. Throws FrameError if it is something else. */
export function noteIn<Note>(schema: z.ZodType<Note>, kind: string, payload: Uint8Array): Note {
  const note = schema.safeParse(jsonIn(payload));
  if (!note.success) throw new FrameError(`a frame “${kind}” that says something else`, { cause: note.error });
  return note.data;
}

function jsonIn(payload: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(payload));
  } catch (cause) {
    throw new FrameError('a frame that is not JSON', { cause });
  }
}

/** Cuts frames out of bytes however they are torn. Throws FrameError on anything else; it is of no use afterwards. */
export class FrameCutter {
  readonly #mostBytes: number;
  #parts: Uint8Array[] = [];
  #held = 0;

  /** `mostBytes`: of a payload. */
  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  push(bytes: Uint8Array): { kind: number; payload: Uint8Array }[] {
    this.#parts.push(bytes);
    this.#held += bytes.length;
    const frames: { kind: number; payload: Uint8Array }[] = [];
    for (;;) {
      if (this.#held < FRAME_HEAD_BYTES) return frames;
      const head = this.#peekHead();
      if (head.length > this.#mostBytes) throw new FrameError(`a frame of ${head.length} bytes`);
      if (this.#held < FRAME_HEAD_BYTES + head.length) return frames;
      const whole = this.#take(FRAME_HEAD_BYTES + head.length);
      frames.push({ kind: head.kind, payload: whole.subarray(FRAME_HEAD_BYTES) });
    }
  }

  #peekHead(): { kind: number; length: number } {
    if ((this.#parts[0]?.length ?? 0) < FRAME_HEAD_BYTES) this.#parts = [this.#take(this.#held, true)];
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
