// The port of a window's calls, with credit: the window acknowledges each message, so that main knows how much it has not read yet,
// and does not read a feed for it meanwhile. Needs no Electron, so that tests can use hostile ends.
import { STREAM_HIGH_WATER_BYTES } from '@tt/protocol';
import { z } from 'zod';
import type { PipePort } from './console-pipe.ts';

/** Answers of calls don't wait: a window gets what it asked for. One that asks on and on without reading is cut off. */
const MOST_UNREAD_BYTES = 64 * STREAM_HIGH_WATER_BYTES;

/** What a window sends beside calls, which are texts (renderer/bridge-desktop.ts is the other end). */
const acknowledgementSchema = z.strictObject({ type: z.literal('ack') });

/** As much of a port as oRPC uses. */
export class AcknowledgedPort {
  readonly #port: PipePort;
  readonly #send: (message: unknown) => void;
  /** Of messages that are not acknowledged, oldest first. */
  readonly #unread: number[] = [];
  #unreadBytes = 0;
  #waiting: (() => void)[] = [];
  #isClosed = false;

  constructor(port: PipePort) {
    this.#port = port;
    this.#send = (message) => port.postMessage(message);
    port.on('close', () => this.#end());
  }

  /** Resolves once the window has read enough, or is gone: then there is nobody to wait for. */
  async hasSpace(): Promise<void> {
    while (!this.#isClosed && this.#unreadBytes > STREAM_HIGH_WATER_BYTES) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  postMessage(message: unknown): void {
    if (this.#isClosed) return;
    const bytes = sizeOf(message);
    this.#unread.push(bytes);
    this.#unreadBytes += bytes;
    if (this.#unreadBytes > MOST_UNREAD_BYTES) this.#cutOff();
    else this.#send(message);
  }

  on(event: 'message', listener: (event: { data: unknown }) => void): void;
  on(event: 'close', listener: () => void): void;
  on(event: 'message' | 'close', listener: ((event: { data: unknown }) => void) & (() => void)): void {
    if (event === 'close') {
      this.#port.on('close', listener);
      return;
    }
    this.#port.on('message', (message) => {
      if (this.#isClosed) return;
      if (typeof message.data === 'string' || message.data instanceof Uint8Array) listener(message);
      else this.#acknowledged(message.data);
    });
  }

  #acknowledged(message: unknown): void {
    const bytes = acknowledgementSchema.safeParse(message).success ? this.#unread.shift() : undefined;
    if (bytes === undefined) {
      this.#cutOff();
      return;
    }
    this.#unreadBytes -= bytes;
    if (this.#unreadBytes <= STREAM_HIGH_WATER_BYTES) this.#wake();
  }

  #cutOff(): void {
    this.#end();
    this.#port.close();
  }

  #end(): void {
    this.#isClosed = true;
    this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

/** Letters of a text: near enough for a limit, and known without going through it. */
function sizeOf(message: unknown): number {
  if (typeof message === 'string') return message.length;
  return message instanceof Uint8Array ? message.byteLength : 0;
}
