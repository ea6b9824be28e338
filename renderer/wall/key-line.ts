// A connection to a guest's screen that only sends keys and never asks for a picture: a broadcast has one for each machine. The far
// end is QEMU, whose guest decides nothing of what is read here; what is outside the protocol ends the connection all the same.
import type { ByteChannel } from '@tt/client';
import { type PadKey, padKeyMessage, plainKeyMessage } from './pad-key.ts';
import { ReceivedBytes } from './received-bytes.ts';

const EXTENDED_KEYS = -258;
/** Of the desktop's name, which nobody reads. */
const MOST_NAME_BYTES = 64 * 1024;

export interface KeyLineListener {
  /** Keys arrive from now on. */
  onReady: () => void;
}

type Stage = 'version' | 'security' | 'result' | 'init' | 'messages' | 'ended';

export class KeyLine {
  readonly #channel: ByteChannel;
  readonly #listener: KeyLineListener;
  readonly #received = new ReceivedBytes();
  /** What is down in the guest, by physical key. */
  readonly #down = new Map<number, PadKey>();
  #stage: Stage = 'version';
  #takesPhysicalKeys = false;

  /** Takes the handlers of `channel`, whose owner learns of its end. */
  constructor(channel: ByteChannel, listener: KeyLineListener) {
    this.#channel = channel;
    this.#listener = listener;
    channel.binaryType = 'arraybuffer';
    channel.onmessage = ({ data }: MessageEvent) => this.#receive(data);
  }

  /** Before it is ready, and after its end, keys go nowhere: they are not kept for a guest that comes later. */
  send(key: PadKey): void {
    if (this.#stage !== 'messages') return;
    const isDown = this.#down.has(key.keycode);
    // A key that was already held when this machine was added is not released here.
    if (!key.down && !isDown) return;
    if (key.down) this.#down.set(key.keycode, key);
    else this.#down.delete(key.keycode);
    this.#channel.send(this.#takesPhysicalKeys ? padKeyMessage(key) : plainKeyMessage(key));
  }

  /** Nothing stays down. */
  releaseAll(): void {
    for (const key of [...this.#down.values()].toReversed()) this.send({ ...key, down: false });
  }

  /** Releases all; the channel is closed by its owner. */
  close(): void {
    this.releaseAll();
    this.#end();
  }

  #end(): void {
    this.#stage = 'ended';
    this.#channel.onmessage = null;
  }

  #receive(data: unknown): void {
    if (!(data instanceof ArrayBuffer)) return;
    this.#received.add(new Uint8Array(data));
    while (this.#take());
  }

  #fail(): false {
    this.#end();
    this.#channel.close(3000, 'not a screen that takes keys');
    return false;
  }

  /** Handles one message; false when none is whole, or at the end. */
  #take(): boolean {
    switch (this.#stage) {
      case 'ended':
        return false;
      case 'version':
        return this.#version();
      case 'security':
        return this.#security();
      case 'result':
        return this.#result();
      case 'init':
        return this.#init();
      case 'messages':
        return this.#message();
    }
  }

  #version(): boolean {
    const version = this.#received.peek(12);
    if (!version) return false;
    const text = new TextDecoder('latin1').decode(version);
    if (!/^RFB 003\.\d{3}\n$/.test(text)) return this.#fail();
    this.#next(12, 'security', new TextEncoder().encode('RFB 003.008\n'));
    return true;
  }

  #security(): boolean {
    const count = this.#received.peek(1)?.getUint8(0);
    if (count === undefined) return false;
    const types = this.#received.peek(1 + count);
    if (!types) return false;
    const offered = Array.from({ length: count }, (_, index) => types.getUint8(1 + index));
    // The tunnel has let the user in; the screen itself asks for nothing.
    if (!offered.includes(1)) return this.#fail();
    this.#next(1 + count, 'result', Uint8Array.of(1));
    return true;
  }

  #result(): boolean {
    const result = this.#received.peek(4)?.getUint32(0);
    if (result === undefined) return false;
    if (result !== 0) return this.#fail();
    // Others may look at the same screen.
    this.#next(4, 'init', Uint8Array.of(1));
    return true;
  }

  #init(): boolean {
    const nameBytes = this.#received.peek(24)?.getUint32(20);
    if (nameBytes === undefined) return false;
    if (nameBytes > MOST_NAME_BYTES) return this.#fail();
    this.#next(24 + nameBytes, 'messages', setEncodings());
    this.#listener.onReady();
    return true;
  }

  #next(taken: number, stage: Stage, answer: Uint8Array): void {
    this.#received.skip(taken);
    this.#stage = stage;
    this.#channel.send(answer);
  }

  /** RFC 6143, 7.6. Nothing was asked for, so no picture may come. */
  #message(): boolean {
    const type = this.#received.peek(1)?.getUint8(0);
    if (type === undefined) return false;
    if (type === 2) this.#received.skip(1);
    else if (type === 3) return this.#cutText();
    else if (type === 0) return this.#update();
    else return this.#fail();
    return true;
  }

  #cutText(): boolean {
    const size = this.#received.peek(8)?.getInt32(4);
    if (size === undefined) return false;
    this.#received.skip(8 + Math.abs(size));
    return true;
  }

  #update(): boolean {
    const rectangles = this.#received.peek(4)?.getUint16(2);
    if (rectangles === undefined) return false;
    const message = this.#received.peek(4 + 12 * rectangles);
    if (!message) return false;
    for (let index = 0; index < rectangles; index++) {
      if (message.getInt32(4 + 12 * index + 8) !== EXTENDED_KEYS) return this.#fail();
      this.#takesPhysicalKeys = true;
    }
    this.#received.skip(4 + 12 * rectangles);
    return true;
  }
}

/** Raw, which every server must know, and physical keys (RFC 6143, 7.5.2). */
function setEncodings(): Uint8Array {
  const bytes = new Uint8Array(12);
  const view = new DataView(bytes.buffer);
  bytes[0] = 2;
  view.setUint16(2, 2);
  view.setInt32(4, EXTENDED_KEYS);
  view.setInt32(8, 0);
  return bytes;
}
