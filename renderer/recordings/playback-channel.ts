// A recorded connection as noVNC has a live one: what was recorded is said to it; what it says, keys among it, goes nowhere. What it asks
// for tells how far it is with what it was given.
import type { ByteChannel } from '@tt/client';

/** FramebufferUpdateRequest for what changes (RFB 7.5.3): asked only after a whole picture was drawn. */
const ASKS_FOR_CHANGES = [3, 1];

export class PlaybackChannel implements ByteChannel {
  binaryType: BinaryType = 'arraybuffer';
  readonly protocol = '';
  readyState = 1;
  onopen: ByteChannel['onopen'] = null;
  onclose: ByteChannel['onclose'] = null;
  onerror: ByteChannel['onerror'] = null;
  /** Bytes that were said since noVNC last asked for more. */
  ahead = 0;
  /** A first picture has been drawn. */
  hasPicture = false;
  #onmessage: ByteChannel['onmessage'] = null;
  #early: Uint8Array<ArrayBuffer>[] = [];
  #waiting: (() => void)[] = [];
  #undelivered: (() => void)[] = [];

  get onmessage(): ByteChannel['onmessage'] {
    return this.#onmessage;
  }

  /** Early bytes follow in a microtask: noVNC is ready for them only at the end of its constructor. */
  set onmessage(handler: ByteChannel['onmessage']) {
    this.#onmessage = handler;
    if (handler) queueMicrotask(() => this.#deliverEarly());
  }

  say(bytes: Uint8Array<ArrayBuffer>): void {
    if (this.readyState !== 1) return;
    this.ahead += bytes.length;
    if (this.#onmessage && this.#early.length === 0) this.#deliver(bytes);
    else this.#early.push(bytes);
  }

  /** Resolves when it has asked for more, or is closed. */
  asked(): Promise<void> {
    if (this.readyState !== 1) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Resolves when what was said so far has been given to who draws it, or it is closed. */
  delivered(): Promise<void> {
    if (this.readyState !== 1 || (this.#onmessage && this.#early.length === 0)) return Promise.resolve();
    return new Promise((resolve) => this.#undelivered.push(resolve));
  }

  send(data: Parameters<ByteChannel['send']>[0]): void {
    if (data instanceof Uint8Array && ASKS_FOR_CHANGES.every((byte, at) => data[at] === byte)) this.hasPicture = true;
    this.ahead = 0;
    this.#wake();
  }

  close(): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.#early = [];
    this.#wake();
    for (const tell of this.#undelivered.splice(0)) tell();
    // Later, as sockets do: noVNC waits for it only from then on, and says after a while that it did not come.
    queueMicrotask(() => this.onclose?.({ code: 1000, wasClean: true } as CloseEvent));
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  #deliver(bytes: Uint8Array<ArrayBuffer>): void {
    this.#onmessage?.({ data: bytes.buffer } as MessageEvent);
  }

  #deliverEarly(): void {
    for (const bytes of this.#early.splice(0)) this.#deliver(bytes);
    for (const tell of this.#undelivered.splice(0)) tell();
  }
}
