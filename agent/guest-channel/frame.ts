// Frames to and from the helper in a guest. `agent/guest-helper/frame.h` says how they are laid out, and why: COBS (Cheshire and
// Baker, 1999) around type, stream id, payload and CRC-32, with a zero byte between frames.
import { crc32 } from 'node:zlib';

export const FRAME = {
  hello: 1,
  exec: 2,
  stdin: 3,
  stdinEnd: 4,
  signal: 5,
  credit: 6,
  resize: 7,
  ping: 8,
  hangUp: 9,
  report: 10,
  identity: 11,
  started: 16,
  output: 17,
  exit: 18,
  failed: 19,
  stdinCredit: 20,
  lost: 21,
  features: 22,
} as const;

export const PROTOCOL_VERSION = 1;
/** What helpers of this version can do and older ones can’t, as bits. */
export const FEATURE = { folders: 1, shells: 2, owners: 4, reports: 8, quiet: 16, identity: 32 } as const;
export const MAX_PAYLOAD = 65_536;
/** What either side may send of a channel before it is given credit. */
export const WINDOW_BYTES = 256 * 1024;
const HEAD_BYTES = 5;
const CRC_BYTES = 4;
const MAX_FRAME = HEAD_BYTES + MAX_PAYLOAD + CRC_BYTES;
const MAX_ENCODED = MAX_FRAME + Math.ceil(MAX_FRAME / 254) + 1;
const GROUP = 254;
/** Fewer bytes are looked at and copied sooner one by one. */
const WORTH_A_CALL = 16;
/** What is no frame costs time however short it is. */
const USELESS_BYTES = 64;

export interface Frame {
  type: number;
  id: number;
  /** A view of memory that is not used again. */
  payload: Buffer;
}

/** With the zero at its end. RangeError for a payload of more than {@link MAX_PAYLOAD} bytes. */
export function encodeFrame(type: number, id: number, payload: Uint8Array = Buffer.alloc(0)): Buffer {
  if (payload.length > MAX_PAYLOAD) throw new RangeError(`${payload.length} bytes in one frame`);
  const plain = Buffer.allocUnsafe(HEAD_BYTES + payload.length + CRC_BYTES);
  plain[0] = type;
  plain.writeUInt32LE(id, 1);
  plain.set(payload, HEAD_BYTES);
  const checked = plain.length - CRC_BYTES;
  plain.writeUInt32LE(crc32(plain.subarray(0, checked)), checked);
  return encodeCobs(plain);
}

function encodeCobs(plain: Buffer): Buffer {
  const encoded = Buffer.allocUnsafe(plain.length + Math.ceil(plain.length / GROUP) + 2);
  let at = 0;
  let out = 0;
  for (;;) {
    const end = Math.min(at + GROUP, plain.length);
    // Two calls for each zero would take seconds where there is little else.
    const near = Math.min(end, at + WORTH_A_CALL);
    let next = at;
    while (next < near && plain[next] !== 0) encoded[out + 1 + next - at] = plain[next++] ?? 0;
    if (next === near && near < end) {
      const found = plain.subarray(near, end).indexOf(0);
      next = found === -1 ? end : near + found;
      plain.copy(encoded, out + 1 + near - at, near, next);
    }
    const run = next - at;
    encoded[out] = run + 1;
    out += run + 1;
    at = next;
    if (next < end) at++;
    else if (at === plain.length) break;
  }
  encoded[out] = 0;
  return encoded.subarray(0, out + 1);
}

/** Null when the bytes before a zero are not a whole frame. Takes `encoded` over: what it gives is in its memory. */
function decodeFrame(encoded: Buffer): Frame | null {
  const plain = decodeCobs(encoded);
  if (plain === null || plain.length < HEAD_BYTES + CRC_BYTES || plain.length > MAX_FRAME) return null;
  const checked = plain.length - CRC_BYTES;
  if (plain.readUInt32LE(checked) !== crc32(plain.subarray(0, checked))) return null;
  return { type: plain.readUInt8(0), id: plain.readUInt32LE(1), payload: plain.subarray(HEAD_BYTES, checked) };
}

/** In place: what is decoded is shorter, and each frame would need as much memory again. */
function decodeCobs(bytes: Buffer): Buffer | null {
  let at = 0;
  let out = 0;
  while (at < bytes.length) {
    const code = bytes[at++] ?? 0;
    const end = at + code - 1;
    if (code === 0 || end > bytes.length) return null;
    if (code > WORTH_A_CALL) {
      bytes.copyWithin(out, at, end);
      out += end - at;
      at = end;
    }
    while (at < end) bytes[out++] = bytes[at++] ?? 0;
    if (code <= GROUP && at < bytes.length) bytes[out++] = 0;
  }
  return bytes.subarray(0, out);
}

/** Finds the frames in a stream of bytes. What is no whole frame is dropped: it may be half of one that a revert has cut. */
export class FrameReader {
  #begun: Buffer[] = [];
  #begunBytes = 0;
  #isSkipping = false;
  #uselessBytes = 0;

  /** Bytes that were in no whole frame since this was asked last, and something for each of those that is none. */
  takeUselessBytes(): number {
    const bytes = this.#uselessBytes;
    this.#uselessBytes = 0;
    return bytes;
  }

  *push(bytes: Buffer): Generator<Frame> {
    let at = 0;
    for (;;) {
      const zero = bytes.indexOf(0, at);
      this.#keep(bytes.subarray(at, zero === -1 ? bytes.length : zero));
      if (zero === -1) return;
      at = zero + 1;
      // Zeros alone cost nothing but their count.
      const isEmpty = this.#begunBytes === 0;
      // A copy, which the frame may have for itself.
      const frame = isEmpty || this.#isSkipping ? null : decodeFrame(Buffer.concat(this.#begun));
      if (frame === null) this.#uselessBytes += this.#isSkipping ? USELESS_BYTES : this.#begunBytes + USELESS_BYTES;
      this.#begun = [];
      this.#begunBytes = 0;
      this.#isSkipping = false;
      if (frame !== null) yield frame;
    }
  }

  #keep(bytes: Buffer): void {
    this.#begunBytes += bytes.length;
    if (this.#begunBytes > MAX_ENCODED) {
      // Of those before, once; of each that follows, at once: an endless one is known before it ends.
      this.#uselessBytes += this.#isSkipping ? bytes.length : this.#begunBytes;
      this.#isSkipping = true;
      this.#begun = [];
    }
    if (!this.#isSkipping && bytes.length > 0) this.#begun.push(bytes);
  }
}
