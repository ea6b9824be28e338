// The far end of a noVNC that shows no guest: a server of one black pixel, whose only use is that noVNC sends it keys. So all that noVNC
// knows about keyboards of systems and browsers holds for a broadcast too. RFC 6143; shaped like a WebSocket (`ByteChannel`).
import type { ByteChannel } from '@tt/client';
import { PAD_KEY_BYTES, type PadKey, readPadKey } from './pad-key.ts';
import { ReceivedBytes } from './received-bytes.ts';

const EXTENDED_KEYS = -258;
const VERSION = 'RFB 003.008\n';
const OPEN = 1;
const CLOSED = 3;

type Stage = 'version' | 'security' | 'init' | 'messages';
type MessageHandler = (event: MessageEvent) => void;

/** Every member is an own property or is defined on this very class: noVNC looks for them by name (websock.js, attach). */
export class KeyPadChannel implements ByteChannel {
  binaryType: BinaryType = 'arraybuffer';
  readonly protocol = '';
  readyState = OPEN;
  onopen: ((event: Event) => void) | null = null;
  onclose: ((event: CloseEvent) => void) | null = null;
  onerror: ((event: Event) => void) | null = null;
  readonly #onKey: (key: PadKey) => void;
  readonly #received = new ReceivedBytes();
  #stage: Stage = 'version';
  #onmessage: MessageHandler | null = null;

  constructor(onKey: (key: PadKey) => void) {
    this.#onKey = onKey;
  }

  get onmessage(): MessageHandler | null {
    return this.#onmessage;
  }

  /** A VNC server speaks first. */
  set onmessage(handler: MessageHandler | null) {
    const isFirst = this.#onmessage === null && handler !== null;
    this.#onmessage = handler;
    if (isFirst) this.#say(new TextEncoder().encode(VERSION));
  }

  send(data: ArrayBuffer | ArrayBufferView | string): void {
    if (this.readyState !== OPEN) return;
    this.#received.add(bytesOf(data));
    while (this.#take());
  }

  close(): void {
    if (this.readyState === CLOSED) return;
    this.readyState = CLOSED;
    queueMicrotask(() => this.onclose?.(new CloseEvent('close', { code: 1000, wasClean: true })));
  }

  /** In a microtask: noVNC is ready for what comes only at the end of its constructor. */
  #say(bytes: Uint8Array<ArrayBuffer>): void {
    queueMicrotask(() => {
      if (this.readyState === OPEN) this.#onmessage?.(new MessageEvent('message', { data: bytes.buffer }));
    });
  }

  /** Handles one message; false when none is whole. */
  #take(): boolean {
    switch (this.#stage) {
      case 'version':
        // One security type on offer: 1, None.
        return this.#answer(VERSION.length, 'security', Uint8Array.of(1, 1));
      case 'security':
        return this.#answer(1, 'init', new Uint8Array(4));
      case 'init':
        return this.#answer(1, 'messages', serverInit());
      case 'messages':
        return this.#takeMessage();
    }
  }

  #answer(length: number, next: Stage, answer: Uint8Array<ArrayBuffer>): boolean {
    if (!this.#received.peek(length)) return false;
    this.#received.skip(length);
    this.#stage = next;
    this.#say(answer);
    return true;
  }

  #takeMessage(): boolean {
    const length = this.#messageLength();
    const message = length === null ? null : this.#received.peek(length);
    if (length === null || !message) return false;
    const type = message.getUint8(0);
    if (type === 2) this.#say(extendedKeysTaken());
    if (type === 255) this.#onKey(readPadKey(message));
    this.#received.skip(length);
    return true;
  }

  /** RFC 6143, 7.5; null until that is known. */
  #messageLength(): number | null {
    const type = this.#received.peek(1)?.getUint8(0);
    switch (type) {
      case undefined:
        return null;
      case 0:
        return 20;
      case 2: {
        const count = this.#received.peek(4)?.getUint16(2);
        return count === undefined ? null : 4 + 4 * count;
      }
      case 3:
        return 10;
      case 4:
        return 8;
      case 5:
        return 6;
      case 6: {
        const size = this.#received.peek(8)?.getInt32(4);
        return size === undefined ? null : 8 + Math.abs(size);
      }
      case 255:
        return PAD_KEY_BYTES;
      default:
        throw new RangeError(`noVNC sent a message of type ${type}, which was not offered`);
    }
  }
}

function bytesOf(data: ArrayBuffer | ArrayBufferView | string): Uint8Array {
  if (typeof data === 'string') return new TextEncoder().encode(data);
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}

/** One pixel of 32 bits, true colour, no name (RFC 6143, 7.3.2). */
function serverInit(): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(24);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 1);
  view.setUint16(2, 1);
  bytes.set([32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0], 4);
  return bytes;
}

/** FramebufferUpdate with the one rectangle that says so. */
function extendedKeysTaken(): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setUint16(2, 1);
  view.setInt32(12, EXTENDED_KEYS);
  return bytes;
}
