// Test support: a viewer that asks as noVNC asks, and decodes what comes by noVNC's own decoder.
import { createRequire } from 'node:module';
import type { FarEnd } from '@tt/server';
import { RGB888, writePixelFormat } from '../engines/fake/rfb-pixels.ts';
import { encoding, type ScreenSize } from './rfb.ts';
import { type Area, TestViewer } from './test-screens.ts';

/** `_sendEncodings` of noVNC 1.7, in its order: what of it passes is up to the agent. */
const NOVNC_ENCODINGS = [
  1,
  7,
  -260,
  16,
  21,
  5,
  2,
  6,
  0,
  -26,
  -254,
  -223,
  -224,
  -258,
  -261,
  -308,
  -309,
  -312,
  -313,
  -307,
  0xc0a1e5ce | 0,
  -316,
  0x574d5664,
  -239,
];

/** The part of noVNC's socket that its decoder uses. */
interface DecoderSocket {
  rQwait(what: string, bytes: number, goBack?: number): boolean;
  rQpeek8(): number;
  rQshift8(): number;
  rQskipBytes(bytes: number): void;
  rQshiftBytes(bytes: number): Uint8Array;
  rQshiftTo(target: Uint8Array, bytes: number): void;
}

interface TightDecoder {
  _zlibs: { reset(): void }[];
  decodeRect(
    x: number,
    y: number,
    width: number,
    height: number,
    socket: object,
    display: object,
    depth: number,
  ): boolean;
}

/** By its path: the package exports only the whole viewer, which needs a browser. */
const loadNoVnc = createRequire(import.meta.resolve('@novnc/novnc'));

function makeDecoder(): TightDecoder {
  // Its log looks for a console there while it is loaded.
  const scope = globalThis as { window?: unknown };
  const isOurs = scope.window === undefined;
  if (isOurs) scope.window = globalThis;
  try {
    const { default: Decoder } = loadNoVnc('./decoders/tight.js') as { default: new () => TightDecoder };
    return new Decoder();
  } finally {
    if (isOurs) delete scope.window;
  }
}

export class NoVncViewer extends TestViewer {
  #decoder: TightDecoder | null = null;
  /** How many compressed streams were begun anew, since it was connected. */
  resets = 0;
  /** Rectangles in Tight. */
  tight = 0;

  /** `like`: it goes on with the compressed streams of another viewer. */
  static async open(farEnd: FarEnd, like?: NoVncViewer): Promise<NoVncViewer> {
    const format = Buffer.alloc(16);
    writePixelFormat(RGB888, format, 0);
    const viewer = await NoVncViewer.connect(farEnd, NOVNC_ENCODINGS, format);
    if (like) viewer.#decoder = like.#decoder;
    return viewer;
  }

  /** Red, green and blue of all pixels. */
  get picture(): Buffer {
    const { last } = this;
    const rgb = Buffer.alloc((last.length / 4) * 3);
    for (let from = 0, to = 0; from < last.length; from += 4, to += 3) last.copy(rgb, to, from, from + 3);
    return rgb;
  }

  protected override resize(size: ScreenSize): void {
    super.resize(size);
    this.last = Buffer.alloc(size.width * size.height * 4);
  }

  protected override async pixels(kind: number, area: Area): Promise<void> {
    if (kind === encoding.raw) await this.#raw(area);
    else if (kind === encoding.copyRect) throw new Error('QEMU does not send CopyRect');
    else if (kind === encoding.tight) await this.#tight(area);
    else throw new Error(`unexpected encoding ${kind}`);
    this.shown.push(kind);
  }

  async #raw({ x, y, width, height }: Area): Promise<void> {
    const pixels = await this.take(width * height * 4);
    this.#blit(x, y, width, height, pixels);
  }

  async #tight({ x, y, width, height }: Area): Promise<void> {
    this.#decoder ??= this.#newDecoder();
    this.tight++;
    const display = {
      fillRect: (left: number, top: number, wide: number, high: number, colour: Uint8Array) => {
        const line = Buffer.concat(Array.from({ length: wide * high }, () => Buffer.from([...colour, 0])));
        this.#blit(left, top, wide, high, line);
      },
      blitImage: (left: number, top: number, wide: number, high: number, pixels: Uint8Array, offset: number) =>
        this.#blit(left, top, wide, high, Buffer.from(pixels.buffer, pixels.byteOffset + offset, wide * high * 4)),
      imageRect: () => {
        throw new Error('a picture as JPEG can’t be compared');
      },
    };
    // As in noVNC: it is called again with more bytes until it has all.
    while (!this.#decoder.decodeRect(x, y, width, height, this.#socket(), display, 24)) {
      await this.has(this.received.length + 1);
    }
  }

  #newDecoder(): TightDecoder {
    const decoder = makeDecoder();
    for (const stream of decoder['_zlibs']) {
      const reset = stream.reset.bind(stream);
      stream.reset = () => {
        this.resets++;
        reset();
      };
    }
    return decoder;
  }

  #blit(x: number, y: number, width: number, height: number, pixels: Buffer): void {
    for (let row = 0; row < height; row++) {
      pixels.copy(this.last, ((y + row) * this.size.width + x) * 4, row * width * 4, (row + 1) * width * 4);
    }
  }

  #socket(): DecoderSocket {
    const shift = (bytes: number) => {
      const taken = this.received.subarray(0, bytes);
      this.received = this.received.subarray(bytes);
      return taken;
    };
    const all = this.received;
    return {
      rQwait: (_what, bytes, goBack = 0) => {
        if (this.received.length >= bytes) return false;
        this.received = all.subarray(all.length - this.received.length - goBack);
        return true;
      },
      rQpeek8: () => this.received.readUInt8(0),
      rQshift8: () => shift(1).readUInt8(0),
      rQskipBytes: (bytes) => void shift(bytes),
      rQshiftBytes: (bytes) => new Uint8Array(shift(bytes)),
      rQshiftTo: (target, bytes) => target.set(shift(bytes)),
    };
  }
}
