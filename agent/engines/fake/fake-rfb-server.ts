// A minimal RFB 3.8 server (RFC 6143) for fake guests: no password, raw rectangles, keys passed to the owner.
import type { Socket } from 'node:net';
import type { FakeKeyboard } from './fake-keyboard.ts';
import { type PixelFormat, packPixels, parsePixelFormat, RGB888, writePixelFormat } from './rfb-pixels.ts';

/** The picture served, and the receiver of key events. */
export interface RfbScreen {
  name: string;
  width: number;
  height: number;
  /** RGB bytes of the whole screen as it is now. */
  draw(): Uint8Array;
  /** Grows with each change of the picture. */
  version(): number;
  /** Gets PC scancodes from viewers that know them, X11 keysyms from others. */
  keyboard: Pick<FakeKeyboard, 'scancode' | 'keysym'>;
  /** The lights of the keyboard: 1 Scroll Lock, 2 Num Lock, 4 Caps Lock. */
  lights(): number;
}

/** Pseudo-encodings of QEMU (rfbproto, "QEMU Extended Key Event Message", "QEMU LED State"). */
const EXTENDED_KEYS = -258;
const LED_STATE = -261;

type Stage = 'version' | 'security' | 'init' | 'messages';

/** One viewer. Bytes may arrive in any pieces; anything outside the protocol closes the connection. */
export class FakeRfbConnection {
  readonly #socket: Socket;
  readonly #screen: RfbScreen;
  #stage: Stage = 'version';
  #received = Buffer.alloc(0);
  #format: PixelFormat = RGB888;
  /** A viewer's pending request for the next change; null if there is none. */
  #waiting = false;
  #sentVersion = -1;
  #knowsLights = false;
  #sentLights = 0;

  constructor(socket: Socket, screen: RfbScreen) {
    this.#socket = socket;
    this.#screen = screen;
    socket.on('data', (bytes) => this.#receive(bytes));
    socket.on('error', () => socket.destroy());
    socket.write('RFB 003.008\n');
  }

  /** To be called after each change of the picture. */
  update(): void {
    if (!this.#waiting || this.#sentVersion === this.#screen.version()) return;
    this.#waiting = false;
    this.#sendPicture();
  }

  /** To be called after each change of the lights. */
  showLights(): void {
    const lights = this.#screen.lights();
    if (!this.#knowsLights || lights === this.#sentLights) return;
    this.#sentLights = lights;
    this.#sendPseudo(LED_STATE, Buffer.from([lights]));
  }

  #receive(bytes: Buffer): void {
    this.#received = Buffer.concat([this.#received, bytes]);
    for (;;) {
      const taken = this.#take(this.#received);
      if (taken === 0) return;
      if (taken < 0) {
        this.#socket.destroy();
        return;
      }
      this.#received = this.#received.subarray(taken);
    }
  }

  /** Handles one message at the head of `bytes`: how long it was, 0 for "not whole yet", -1 for nonsense. */
  #take(bytes: Buffer): number {
    switch (this.#stage) {
      case 'version':
        if (bytes.length < 12) return 0;
        if (!bytes.toString('latin1', 0, 12).startsWith('RFB 003.')) return -1;
        this.#stage = 'security';
        // One security type on offer: 1, None.
        this.#socket.write(Buffer.from([1, 1]));
        return 12;
      case 'security':
        if (bytes.length < 1) return 0;
        if (bytes[0] !== 1) return -1;
        this.#stage = 'init';
        this.#socket.write(Buffer.alloc(4));
        return 1;
      case 'init':
        if (bytes.length < 1) return 0;
        this.#stage = 'messages';
        this.#sendServerInit();
        return 1;
      case 'messages':
        return this.#takeMessage(bytes);
    }
  }

  #takeMessage(bytes: Buffer): number {
    const length = messageLength(bytes);
    if (length <= 0 || bytes.length < length) return Math.min(length, 0);
    if (bytes[0] === 0) this.#format = parsePixelFormat(bytes.subarray(4, 20));
    if (bytes[0] === 3) {
      const incremental = bytes[1] !== 0;
      if (!incremental) this.#sentVersion = -1;
      this.#waiting = true;
      this.update();
    }
    if (bytes[0] === 2) this.#takeEncodings(bytes.subarray(4, length));
    const { keyboard } = this.#screen;
    if (bytes[0] === 4) keyboard.keysym(bytes.readUInt32BE(4), bytes[1] !== 0);
    if (bytes[0] === 255) keyboard.scancode(bytes.readUInt32BE(8), bytes.readUInt16BE(2) !== 0);
    this.showLights();
    return length;
  }

  #takeEncodings(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; at += 4) {
      const encoding = bytes.readInt32BE(at);
      if (encoding === EXTENDED_KEYS) this.#sendPseudo(EXTENDED_KEYS, Buffer.alloc(0));
      if (encoding !== LED_STATE) continue;
      this.#knowsLights = true;
      this.#sentLights = -1;
    }
  }

  /** FramebufferUpdate with one rectangle that is no picture. */
  #sendPseudo(encoding: number, content: Buffer): void {
    const head = Buffer.alloc(16);
    head.writeUInt16BE(1, 2);
    head.writeInt32BE(encoding, 12);
    this.#socket.write(Buffer.concat([head, content]));
  }

  #sendServerInit(): void {
    const { width, height, name } = this.#screen;
    const head = Buffer.alloc(24);
    head.writeUInt16BE(width, 0);
    head.writeUInt16BE(height, 2);
    writePixelFormat(RGB888, head, 4);
    head.writeUInt32BE(Buffer.byteLength(name), 20);
    this.#socket.write(Buffer.concat([head, Buffer.from(name)]));
  }

  #sendPicture(): void {
    const { width, height } = this.#screen;
    // FramebufferUpdate with one rectangle at 0,0 of the whole size, encoding 0 (raw).
    const head = Buffer.alloc(16);
    head.writeUInt16BE(1, 2);
    head.writeUInt16BE(width, 8);
    head.writeUInt16BE(height, 10);
    this.#sentVersion = this.#screen.version();
    this.#socket.write(head);
    this.#socket.write(packPixels(this.#screen.draw(), this.#format));
  }
}

/** RFC 6143 7.5, client to server messages: whole length, 0 when not known yet, -1 for an unknown type. */
function messageLength(bytes: Buffer): number {
  switch (bytes[0]) {
    case undefined:
      return 0;
    case 0:
      return 20;
    case 2:
      return bytes.length < 4 ? 0 : 4 + 4 * bytes.readUInt16BE(2);
    case 3:
      return 10;
    case 4:
      return 8;
    case 5:
      return 6;
    case 6:
      return bytes.length < 8 ? 0 : 8 + Math.abs(bytes.readInt32BE(4));
    case 255:
      // QEMU's own; of these only the extended key event.
      return bytes.length < 2 ? 0 : bytes[1] === 0 ? 12 : -1;
    default:
      return -1;
  }
}
