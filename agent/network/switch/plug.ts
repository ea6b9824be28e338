// One end of a cable: a connection to a unix socket on which a QEMU listens (`-netdev stream,server=on`). It is made again whenever it
// ended, so that switch and guests may come and go in any order. A guest that does not read loses frames; nothing waits for it.
import { connectUnixSocket } from '@tt/client/node';
import type { Socket } from 'node:net';
import { FrameSplitter, onStream } from './frame-splitter.ts';

export interface PlugOptions {
  /** Of the socket, of any length. */
  path: string;
  /** Its bytes are the caller's own only until it returns. */
  onFrame: (frame: Buffer) => void;
  connect?: (socketPath: string) => Socket;
}

/** More frames than that, in bytes, don't wait for one guest. */
const MOST_WAITING_BYTES = 256 * 1024;
/** Pauses between tries, growing from the first to the last. */
const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 2000;
const GROWTH = 1.5;

export class Plug {
  readonly path: string;
  readonly #onFrame: (frame: Buffer) => void;
  readonly #connect: (socketPath: string) => Socket;
  #socket: Socket | null = null;
  #isConnected = false;
  #isClosed = false;
  #retryMs = FIRST_RETRY_MS;
  #timer: NodeJS.Timeout | null = null;
  #isCorked = false;
  /** Frames for a guest that was not there, or did not read. */
  dropped = 0;

  constructor({ path, onFrame, connect = connectUnixSocket }: PlugOptions) {
    this.path = path;
    this.#onFrame = onFrame;
    this.#connect = connect;
    this.#open();
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  /** Sends a copy, or drops the frame. */
  send(frame: Buffer): void {
    const socket = this.#socket;
    if (socket === null || !this.#isConnected || socket.writableLength > MOST_WAITING_BYTES) {
      this.dropped += 1;
      return;
    }
    this.#cork(socket);
    socket.write(onStream(frame));
  }

  /** Tries at once, if it is not connected: somebody knows that a guest starts. */
  retry(): void {
    this.#retryMs = FIRST_RETRY_MS;
    if (this.#timer === null) return;
    clearTimeout(this.#timer);
    this.#open();
  }

  /** For good. */
  close(): void {
    this.#isClosed = true;
    this.#isConnected = false;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#socket?.destroy();
  }

  #open(): void {
    this.#timer = null;
    const splitter = new FrameSplitter();
    // Whoever runs the switch decides how long its process lives.
    const socket = this.#connect(this.path).unref();
    this.#socket = socket;
    socket.on('connect', () => {
      this.#isConnected = true;
    });
    socket.on('data', (chunk) => {
      const isFine = splitter.push(chunk, (frame) => {
        // What it said makes sense: the next end is a new matter.
        this.#retryMs = FIRST_RETRY_MS;
        if (!this.#isClosed) this.#onFrame(frame);
      });
      // The next connection begins with a whole frame.
      if (!isFine) socket.destroy();
    });
    // `close` follows.
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#isConnected = false;
      this.#isCorked = false;
      this.#socket = null;
      if (!this.#isClosed) this.#openLater();
    });
  }

  #openLater(): void {
    this.#timer = setTimeout(() => this.#open(), this.#retryMs).unref();
    this.#retryMs = Math.min(LAST_RETRY_MS, this.#retryMs * GROWTH);
  }

  /** All frames of one turn go out in one write. */
  #cork(socket: Socket): void {
    if (this.#isCorked) return;
    this.#isCorked = true;
    socket.cork();
    process.nextTick(() => {
      socket.uncork();
      if (socket === this.#socket) this.#isCorked = false;
    });
  }
}
