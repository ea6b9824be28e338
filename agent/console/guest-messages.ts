// Follows what a guest's screen sends (RFB, server to viewer) just far enough to know where one message ends and the next
// begins, how large the screen is, and when a picture is whole. The bytes themselves are passed on by the caller.
import { ByteSteps, type ByteParser } from './byte-steps.ts';
import type { PixelSizes } from './pixel-sizes.ts';
import { encoding, fromGuest, type ScreenSize } from './rfb.ts';

/** Tight's kinds of rectangles, in the upper half of their first byte; below 8 they are compressed by zlib. */
const tightKind = { fill: 8, jpeg: 9, png: 10 } as const;
const EXPLICIT_FILTER = 4;
const tightFilter = { copy: 0, palette: 1, gradient: 2 } as const;
const STREAMS = 4;
/** Less is not compressed, and has no length before it. */
const LEAST_COMPRESSED_BYTES = 12;
/** First byte of a zlib stream with the largest window (RFC 1950), which all servers use. */
const ZLIB_HEADER = 0x78;
const ZLIB_HEADER_BYTES = 2;
/** Instead of a number of rectangles: until the one that says so. */
const UNTIL_LAST = 0xffff;

/** Which of Tight's compressed streams a viewer has seen the beginning of, from whichever server. */
export type BegunStreams = boolean[];

export const noStreams = (): BegunStreams => Array.from({ length: STREAMS }, () => false);

export interface GuestMessagesListener {
  /** The screen has another size from here on. */
  onSize: (size: ScreenSize) => void;
  /** An update with pixels has ended. */
  onPicture: () => void;
}

export class GuestMessages {
  readonly #listener: GuestMessagesListener;
  readonly #steps: ByteSteps;
  #sizes: PixelSizes;
  /** Of this server. */
  readonly #begun = noStreams();
  readonly #begunAtViewer: BegunStreams;
  #isBetween = true;
  #lost: Error | null = null;
  #hasCursor = false;
  #dropped = 0;
  /** A length is changed, and the bytes that it counted are not taken out yet. */
  #isChanging = false;

  /** `begunAtViewer` is changed: it lasts as long as the viewer. */
  constructor(sizes: PixelSizes, begunAtViewer: BegunStreams, listener: GuestMessagesListener) {
    this.#sizes = sizes;
    this.#begunAtViewer = begunAtViewer;
    this.#listener = listener;
    this.#steps = new ByteSteps(this.#messages());
  }

  /** The next byte begins a message. Never true again once it has lost its way. */
  get isBetween(): boolean {
    return this.#isBetween && !this.#lost;
  }

  /** Why it can't tell messages apart any more. */
  get lost(): Error | null {
    return this.#lost;
  }

  /** It can’t go on in the middle of a change: what follows is of no use to the viewer. */
  get isSpoilt(): boolean {
    return this.#isChanging && this.#lost !== null;
  }

  /** Of the last bytes it was given. */
  get dropped(): number {
    return this.#dropped;
  }

  /** The guest has drawn a pointer of its own. */
  get hasCursor(): boolean {
    return this.#hasCursor;
  }

  /**
   * Gives it the next bytes, of which it may change some, and of which the first `dropped` are not to be passed on. Returns how
   * many are dealt with: all, or with `stop` those up to the end of a message.
   */
  push(chunk: Buffer, stop: boolean): number {
    this.#dropped = 0;
    if (this.#lost) return chunk.length;
    try {
      return this.#steps.push(chunk, () => stop && this.#isBetween);
    } catch (error) {
      this.#lost = error instanceof Error ? error : new Error(String(error));
      return chunk.length;
    } finally {
      this.#dropped = this.#steps.dropped;
    }
  }

  /** `inUse`: the server may already be sending pixels in the former format, so that the change can't be placed. */
  changeFormat(sizes: PixelSizes, inUse: boolean): void {
    if (inUse && sizes.pixelBytes !== this.#sizes.pixelBytes) this.#lost ??= new Error('pixel format changed midway');
    this.#sizes = sizes;
  }

  *#messages(): ByteParser {
    for (;;) {
      this.#isBetween = true;
      const type = (yield 1).readUInt8();
      this.#isBetween = false;
      if (type === fromGuest.update) yield* this.#update();
      else if (type === fromGuest.colourMap) yield -6 * (yield 5).readUInt16BE(3);
      // Negative for the extended clipboard.
      else if (type === fromGuest.cutText) yield -Math.abs((yield 7).readInt32BE(3));
      else if (type !== fromGuest.bell) throw new Error(`the guest’s screen sent a message of unknown type ${type}`);
    }
  }

  *#update(): ByteParser {
    const said = (yield 3).readUInt16BE(1);
    const count = said === UNTIL_LAST ? Number.POSITIVE_INFINITY : said;
    let isPicture = false;
    for (let index = 0; index < count; index++) {
      const head = yield 12;
      const size = { width: head.readUInt16BE(4), height: head.readUInt16BE(6) };
      // Of an answer to a request for another size: 0 if it was granted.
      const status = head.readUInt16BE(2);
      const kind = head.readInt32BE(8);
      if (kind === encoding.lastRect) break;
      isPicture ||= kind === encoding.tightPng || (kind >= 0 && kind <= encoding.tight);
      yield* this.#rectangle(kind, size, status);
    }
    if (isPicture) this.#listener.onPicture();
  }

  *#rectangle(kind: number, size: ScreenSize, status: number): ByteParser {
    const { width, height } = size;
    const { pixelBytes } = this.#sizes;
    switch (kind) {
      case encoding.raw:
        yield -(width * height * pixelBytes);
        break;
      case encoding.copyRect:
        yield -4;
        break;
      case encoding.tight:
      case encoding.tightPng:
        yield* this.#tight(size);
        break;
      case encoding.cursor:
        this.#hasCursor = width * height > 0;
        yield -(width * height * pixelBytes + Math.ceil(width / 8) * height);
        break;
      case encoding.desktopSize:
        this.#listener.onSize(size);
        break;
      case encoding.extendedDesktopSize:
        yield -16 * (yield 4).readUInt8();
        if (status === 0) this.#listener.onSize(size);
        break;
      case encoding.desktopName:
        yield -(yield 4).readUInt32BE();
        break;
      case encoding.lights:
        yield -1;
        break;
      case encoding.extendedKeys:
        break;
      default:
        throw new Error(`the guest’s screen sent an unknown encoding ${kind}`);
    }
  }

  *#tight({ width, height }: ScreenSize): ByteParser {
    const pixelBytes = this.#sizes.tightBytes;
    if (pixelBytes === null) throw new Error('pixels of an unknown size in Tight');
    const control = (yield 1).readUInt8();
    for (let stream = 0; stream < STREAMS; stream++) {
      if (((control >> stream) & 1) === 0) continue;
      this.#begun[stream] = false;
      this.#begunAtViewer[stream] = false;
    }
    const kind = control >> 4;
    if (kind === tightKind.fill) {
      yield -pixelBytes;
    } else if (kind === tightKind.jpeg || kind === tightKind.png) {
      yield* this.#compactlyCounted();
    } else if (kind < tightKind.fill) {
      const filter = (kind & EXPLICIT_FILTER) === 0 ? tightFilter.copy : (yield 1).readUInt8();
      let bytes = width * height * pixelBytes;
      if (filter === tightFilter.palette) {
        const colours = (yield 1).readUInt8() + 1;
        yield -(colours * pixelBytes);
        bytes = colours <= 2 ? Math.ceil(width / 8) * height : width * height;
      } else if (filter !== tightFilter.copy && filter !== tightFilter.gradient) {
        throw new Error(`unknown filter ${filter} in Tight`);
      }
      if (bytes < LEAST_COMPRESSED_BYTES) yield -bytes;
      else yield* this.#compressed(kind % STREAMS);
    } else {
      throw new Error(`unknown kind ${kind} of rectangle in Tight`);
    }
  }

  /**
   * Bytes of a compressed stream. At the viewer they all are one stream, whichever server they come from: each server ends what it
   * sends on a whole byte (a flush of zlib) and refers back to nothing that it has not sent itself, so that only the head of
   * a later one must be taken out. Beginning the streams anew, which Tight has bits for, is not for viewers: what noVNC 1.7 uses forgets
   * to look back afterwards.
   */
  *#compressed(stream: number): ByteParser {
    const isHead = !this.#begun[stream];
    const goesOn = isHead && this.#begunAtViewer[stream] === true;
    this.#begun[stream] = true;
    this.#begunAtViewer[stream] = true;
    if (!goesOn) {
      yield* this.#compactlyCounted();
      return;
    }
    this.#isChanging = true;
    const left = yield* this.#shorterCount(ZLIB_HEADER_BYTES);
    for (let index = 0; index < ZLIB_HEADER_BYTES; index++) {
      const byte = (yield 1).readUInt8();
      if (index === 0 && byte !== ZLIB_HEADER) throw new Error('a compressed stream of another kind');
      this.#steps.dropLast();
    }
    this.#isChanging = false;
    yield -left;
  }

  /** A length in one to three bytes, seven bits in each but the last, and so many bytes. */
  *#compactlyCounted(): ByteParser {
    yield -(yield* this.#shorterCount(0));
  }

  /** Makes a length less by so many, without changing how many bytes it takes, and gives what is left. */
  *#shorterCount(by: number): Generator<number, number, Buffer> {
    let length = 0;
    let borrowed = by;
    for (let shift = 0; shift <= 14; shift += 7) {
      const byte = (yield 1).readUInt8();
      const isLast = shift === 14 || (byte & 0x80) === 0;
      const bits = shift === 14 ? 0xff : 0x7f;
      const digit = (byte & bits) - borrowed;
      borrowed = digit < 0 ? 1 : 0;
      length |= (digit & bits) << shift;
      if (by > 0) this.#steps.changeLast((digit & bits) | (byte & ~bits));
      if (isLast) break;
    }
    if (borrowed > 0) throw new Error('a compressed stream without a head');
    return length;
  }
}
