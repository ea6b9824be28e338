// Test support: guests' screens on unix sockets, each of one colour, and a viewer that knows what it was shown.
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { FarEnd } from '@tt/server';
import { FakeRfbConnection } from '../engines/fake/fake-rfb-server.ts';
import { until } from '../testing/until.ts';
import {
  encoding,
  fromGuest,
  fromViewer,
  RFB_VERSION,
  type ScreenSize,
  setEncodings,
  setPixelFormat,
  wholeUpdateRequest,
} from './rfb.ts';

export interface TestScreen {
  /** Keysyms that arrived: `+a`, `-a`. */
  readonly keys: string[];
  readonly sockets: ReadonlySet<Socket>;
  close(): Promise<void>;
}

/** `colour`: what all pixels are made of. */
export async function serveScreen(path: string, colour: number, width = 8, height = 4): Promise<TestScreen> {
  const keys: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    const viewer = new FakeRfbConnection(socket, {
      name: 'test',
      width,
      height,
      draw: () => new Uint8Array(width * height * 3).fill(colour),
      version: () => 1,
      keyboard: {
        scancode: (code, down) => void keys.push(`${down ? '+' : '-'}${code}`),
        keysym: (symbol, down) => void keys.push(`${down ? '+' : '-'}${String.fromCharCode(symbol)}`),
      },
      lights: () => 0,
    });
    viewer.update();
  });
  await listening(server, path);
  return { keys, sockets, close: () => closed(server, sockets) };
}

/**
 * Greets a viewer who connects to a screen that is played by hand. To be called with each chunk that comes from him; gives whether there is
 * more in it than his part of the greeting, which he may say in one go. `init`: ServerInit.
 */
export function playGreeting(socket: Socket, init: Buffer): (chunk: Buffer) => boolean {
  // After so many bytes: his version, his security, and that he shares the screen.
  const answers = [
    { after: 12, answer: Buffer.from([1, 1]) },
    { after: 13, answer: Buffer.alloc(4) },
    { after: 14, answer: init },
  ];
  let taken = 0;
  socket.write(RFB_VERSION);
  return (chunk) => {
    for (const { after, answer } of answers) if (taken < after && taken + chunk.length >= after) socket.write(answer);
    taken += chunk.length;
    return taken > 14;
  };
}

export async function listening(server: Server, path: string): Promise<void> {
  server.listen(path);
  await once(server, 'listening');
}

export async function closed(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
}

/** Instead of a number of rectangles: until the one that says so. */
const UNTIL_LAST = 0xffff;

export interface Area extends ScreenSize {
  x: number;
  y: number;
}

/** Asks for one picture after the other, as noVNC does. It decodes whole raw pictures of four bytes a pixel. */
export class TestViewer {
  readonly #farEnd: FarEnd;
  protected received: Buffer = Buffer.alloc(0);
  /** How often each beginning of the protocol came. */
  greetings = 0;
  size: ScreenSize = { width: 0, height: 0 };
  /** The colour of each picture that was shown. */
  readonly shown: number[] = [];
  /** The last picture: four bytes a pixel. */
  last: Buffer = Buffer.alloc(0);
  ended: Error | 'ended' | null = null;
  /** Why it looks no more. */
  failed: Error | null = null;

  constructor(farEnd: FarEnd) {
    this.#farEnd = farEnd;
    farEnd.stream.on('error', (error) => (this.ended = error));
    farEnd.stream.on('close', () => (this.ended ??= 'ended'));
    farEnd.onData((chunk, release) => {
      this.received = Buffer.concat([this.received, chunk]);
      release();
    });
  }

  /** `format`: of the pixels it wants; default: as the server's. */
  static async connect<Viewer extends TestViewer>(
    this: new (
      farEnd: FarEnd,
    ) => Viewer,
    farEnd: FarEnd,
    encodings: readonly number[] = [encoding.raw, encoding.desktopSize],
    format?: Buffer,
  ): Promise<Viewer> {
    const viewer = new this(farEnd);
    await viewer.take(12);
    viewer.greetings++;
    viewer.send(Buffer.from(RFB_VERSION));
    await viewer.take(2);
    viewer.send(Buffer.from([1]));
    await viewer.take(4);
    viewer.send(Buffer.from([1]));
    const init = await viewer.take(24);
    await viewer.take(init.readUInt32BE(20));
    viewer.resize({ width: init.readUInt16BE(0), height: init.readUInt16BE(2) });
    if (format) viewer.send(setPixelFormat(format));
    viewer.send(setEncodings(encodings));
    viewer.send(wholeUpdateRequest(viewer.size));
    viewer.#look().catch((error: unknown) => (viewer.failed = error as Error));
    return viewer;
  }

  send(bytes: Buffer): void {
    this.#farEnd.stream.write(bytes);
  }

  key(symbol: string, down: boolean): void {
    const message = Buffer.from([fromViewer.key, down ? 1 : 0, 0, 0, 0, 0, 0, symbol.charCodeAt(0)]);
    this.send(message);
  }

  /** Waits until the last picture is of this colour. */
  async sees(colour: number): Promise<void> {
    await until(`the viewer sees ${colour}`, () => this.shown.at(-1) === colour);
  }

  /** Waits until so many bytes have come. */
  protected async has(bytes: number): Promise<void> {
    await until(`${bytes} bytes have come`, () => this.received.length >= bytes || this.ended, 120_000);
    if (this.received.length < bytes) await new Promise(() => {});
  }

  protected async take(bytes: number): Promise<Buffer> {
    await this.has(bytes);
    const taken = this.received.subarray(0, bytes);
    this.received = this.received.subarray(bytes);
    return taken;
  }

  protected resize(size: ScreenSize): void {
    this.size = size;
  }

  /** Throws for an encoding that it did not ask for. */
  protected async pixels(kind: number, { width, height }: Area): Promise<void> {
    if (kind !== encoding.raw) throw new Error(`unexpected encoding ${kind}`);
    const pixels = await this.take(width * height * 4);
    const isWhole = width === this.size.width && height === this.size.height;
    if (isWhole) this.last = Buffer.from(pixels);
    this.shown.push(isWhole ? pixels.readUInt8(0) : -1);
  }

  async #look(): Promise<void> {
    for (;;) {
      const type = (await this.take(1)).readUInt8();
      if (type === fromGuest.cutText) await this.take(Math.abs((await this.take(7)).readInt32BE(3)));
      if (type !== fromGuest.update) continue;
      const said = (await this.take(3)).readUInt16BE(1);
      const count = said === UNTIL_LAST ? Number.POSITIVE_INFINITY : said;
      let isPicture = false;
      for (let index = 0; index < count; index++) {
        const head = Buffer.from(await this.take(12));
        const kind = head.readInt32BE(8);
        if (kind === encoding.lastRect) break;
        const [x, y, width, height] = [0, 2, 4, 6].map((at) => head.readUInt16BE(at)) as [
          number,
          number,
          number,
          number,
        ];
        if (await this.#pseudo(kind, { width, height })) continue;
        await this.pixels(kind, { x, y, width, height });
        isPicture = true;
      }
      // As QEMU, the fake answers an incremental request when there is something new.
      if (isPicture) this.send(Buffer.concat([Buffer.from([3, 1]), wholeUpdateRequest(this.size).subarray(2)]));
    }
  }

  /** False when it is pixels. */
  async #pseudo(kind: number, size: ScreenSize): Promise<boolean> {
    if (kind === encoding.desktopSize) this.resize(size);
    else if (kind === encoding.extendedDesktopSize) {
      await this.take(16 * (await this.take(4)).readUInt8());
      this.resize(size);
    } else if (kind === encoding.lights) await this.take(1);
    else if (kind === encoding.desktopName) await this.take((await this.take(4)).readUInt32BE());
    else if (kind === encoding.cursor) await this.take((size.width * 4 + Math.ceil(size.width / 8)) * size.height);
    else return kind === encoding.extendedKeys;
    return true;
  }
}
