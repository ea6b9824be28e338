// Test support: guests' screens on unix sockets, each of one colour, and a viewer that knows what it was shown.
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { FarEnd } from '@tt/server';
import { FakeRfbConnection } from '../engines/fake/fake-rfb-server.ts';
import { until } from '../testing/until.ts';
import { encoding, fromViewer, RFB_VERSION, setEncodings, wholeUpdateRequest } from './rfb.ts';

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

export async function listening(server: Server, path: string): Promise<void> {
  server.listen(path);
  await once(server, 'listening');
}

export async function closed(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
}

/** Asks for one picture after the other, as noVNC does. */
export class TestViewer {
  readonly #farEnd: FarEnd;
  #received = Buffer.alloc(0);
  /** How often each beginning of the protocol came. */
  greetings = 0;
  size = { width: 0, height: 0 };
  /** The colour of each picture that was shown. */
  readonly shown: number[] = [];
  /** The last picture: four bytes a pixel. */
  last = Buffer.alloc(0);
  ended: Error | 'ended' | null = null;

  constructor(farEnd: FarEnd) {
    this.#farEnd = farEnd;
    farEnd.stream.on('error', (error) => (this.ended = error));
    farEnd.stream.on('close', () => (this.ended ??= 'ended'));
    farEnd.onData((chunk, release) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      release();
    });
  }

  static async connect(farEnd: FarEnd, encodings: readonly number[] = [encoding.raw, encoding.desktopSize]) {
    const viewer = new TestViewer(farEnd);
    await viewer.#take(12);
    viewer.greetings++;
    viewer.send(Buffer.from(RFB_VERSION));
    await viewer.#take(2);
    viewer.send(Buffer.from([1]));
    await viewer.#take(4);
    viewer.send(Buffer.from([1]));
    const init = await viewer.#take(24);
    await viewer.#take(init.readUInt32BE(20));
    viewer.size = { width: init.readUInt16BE(0), height: init.readUInt16BE(2) };
    viewer.send(setEncodings(encodings));
    viewer.send(wholeUpdateRequest(viewer.size));
    void viewer.#look();
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

  async #look(): Promise<void> {
    for (;;) {
      const count = (await this.#take(4)).readUInt16BE(2);
      for (let index = 0; index < count; index++) await this.#rectangle();
    }
  }

  async #rectangle(): Promise<void> {
    const head = await this.#take(12);
    const [width, height, kind] = [head.readUInt16BE(4), head.readUInt16BE(6), head.readInt32BE(8)];
    if (kind === encoding.desktopSize) this.size = { width, height };
    else if (kind !== encoding.raw) throw new Error(`unexpected encoding ${kind}`);
    else {
      const pixels = await this.#take(width * height * 4);
      if (width === this.size.width && height === this.size.height) this.last = Buffer.from(pixels);
      this.shown.push(width === this.size.width && height === this.size.height ? pixels.readUInt8(0) : -1);
      // As QEMU, the fake answers an incremental request when there is something new.
      this.send(Buffer.concat([Buffer.from([3, 1]), wholeUpdateRequest(this.size).subarray(2)]));
    }
  }

  async #take(bytes: number): Promise<Buffer> {
    await until(`${bytes} bytes have come`, () => this.#received.length >= bytes || this.ended, 20_000);
    if (this.#received.length < bytes) return new Promise(() => {});
    const taken = this.#received.subarray(0, bytes);
    this.#received = this.#received.subarray(bytes);
    return taken;
  }
}
