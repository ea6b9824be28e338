// A byte stream that main pipes into a MessagePort (main/ipc/console-ports.ts is the other end). Bytes are acknowledged
// once they have been dealt with, so main can make a fast guest wait for a slow window.
import type { ByteChannel, PacedChannel } from '@tt/client';

/** What main sends. `code` is a WebSocket close code. */
export type FromMain =
  | { type: 'open' }
  | { type: 'data'; bytes: Uint8Array }
  | { type: 'close'; code: number; reason: string };

/** What the window sends. `byteCount` bytes of `data` have been dealt with. */
export type ToMain =
  | { type: 'data'; bytes: Uint8Array }
  | { type: 'ack'; byteCount: number }
  | { type: 'close'; code: number; reason: string };

const CONNECTING = 0;
const OPEN = 1;
const CLOSING = 2;
const CLOSED = 3;

/** A close without a reason from the other end: main ended or was never there. */
const ABNORMAL = 1006;

/** A ByteChannel over a port that is still on its way. */
export function openPortChannel(arriving: Promise<MessagePort>): ByteChannel {
  return new PortChannel(arriving, 'whenGiven');
}

/** As `openPortChannel`; bytes are acknowledged when their reader says so. */
export function openPacedPortChannel(arriving: Promise<MessagePort>): PacedChannel {
  return new PortChannel(arriving, 'whenTold');
}

class PortChannel implements PacedChannel {
  binaryType: BinaryType = 'arraybuffer';
  readonly protocol = '';
  onopen: ByteChannel['onopen'] = null;
  onmessage: ByteChannel['onmessage'] = null;
  onclose: ByteChannel['onclose'] = null;
  onerror: ByteChannel['onerror'] = null;
  #readyState = CONNECTING;
  #port: MessagePort | null = null;
  readonly #acknowledges: 'whenGiven' | 'whenTold';

  constructor(arriving: Promise<MessagePort>, acknowledges: 'whenGiven' | 'whenTold') {
    this.#acknowledges = acknowledges;
    arriving.then(
      (port) => this.#attach(port),
      () => this.#closed(ABNORMAL, 'no port'),
    );
  }

  get readyState(): number {
    return this.#readyState;
  }

  send(data: ArrayBuffer | ArrayBufferView | string): void {
    if (this.#readyState !== OPEN) throw new DOMException('The stream is not open.', 'InvalidStateError');
    this.#post({ type: 'data', bytes: copyOf(data) });
  }

  close(code = 1000, reason = ''): void {
    if (this.#readyState >= CLOSING) return;
    this.#readyState = CLOSING;
    this.#post({ type: 'close', code, reason });
    // As a WebSocket: the close event comes later, never from inside close().
    queueMicrotask(() => this.#closed(code, reason));
  }

  dealtWith(byteCount: number): void {
    if (this.#readyState === OPEN) this.#post({ type: 'ack', byteCount });
  }

  #attach(port: MessagePort): void {
    if (this.#readyState === CLOSED) {
      port.postMessage({ type: 'close', code: 1000, reason: '' } satisfies ToMain);
      port.close();
      return;
    }
    this.#port = port;
    port.onmessage = (event: MessageEvent<FromMain>) => this.#take(event.data);
    port.addEventListener('close', () => this.#closed(ABNORMAL, 'the port closed'));
  }

  #take(message: FromMain): void {
    if (message.type === 'close') this.#closed(message.code, message.reason);
    else if (this.#readyState >= CLOSING) return;
    else if (message.type === 'open') {
      this.#readyState = OPEN;
      this.onopen?.(new Event('open'));
    } else {
      try {
        this.onmessage?.(new MessageEvent('message', { data: wholeBuffer(message.bytes) }));
      } finally {
        if (this.#acknowledges === 'whenGiven') this.#post({ type: 'ack', byteCount: message.bytes.byteLength });
      }
    }
  }

  #post(message: ToMain): void {
    this.#port?.postMessage(message);
  }

  #closed(code: number, reason: string): void {
    if (this.#readyState === CLOSED) return;
    this.#readyState = CLOSED;
    this.#port?.close();
    this.#port = null;
    this.onclose?.(new CloseEvent('close', { code, reason, wasClean: code === 1000 }));
  }
}

function copyOf(data: ArrayBuffer | ArrayBufferView | string): Uint8Array {
  if (typeof data === 'string') return new TextEncoder().encode(data);
  if (data instanceof ArrayBuffer) return new Uint8Array(data.slice());
  // A copy: a view would take its whole buffer along, and noVNC reuses its own.
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
}

function wholeBuffer(bytes: Uint8Array): ArrayBufferLike {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes.buffer : bytes.slice().buffer;
}
