// The screen of a fake guest with its keyboard: what it shows, what was typed there, and who looks at it by VNC.
import type { Socket } from 'node:net';
import { FakeKeyboard } from './fake-keyboard.ts';
import { drawPicture, PICTURE_HEIGHT, PICTURE_WIDTH } from './fake-picture.ts';
import { FakeRfbConnection, type RfbScreen } from './fake-rfb-server.ts';

/** RFB's LED state: the second light from the left. */
const CAPS_LOCK_LIGHT = 4;

export class FakeScreen implements RfbScreen {
  readonly name: string;
  readonly width = PICTURE_WIDTH;
  readonly height = PICTURE_HEIGHT;
  /** Its guest reads each key at once. */
  readonly keyboard = new FakeKeyboard({
    typed: (character) => this.type(character === '\n' ? '' : this.#typed + character),
    backspace: () => this.type(this.#typed.slice(0, -1)),
  });
  readonly #id: string;
  readonly #lines: () => readonly string[];
  readonly #viewers = new Map<Socket, FakeRfbConnection>();
  #typed = '';
  #version = 0;

  /** `id` decides its colour; `lines` stand above what is typed. */
  constructor(id: string, name: string, lines: () => readonly string[]) {
    this.#id = id;
    this.name = name;
    this.#lines = lines;
  }

  /** Shows this as typed, as a guest without serial port or agent that draws on its screen. */
  type(text: string): void {
    this.#typed = text;
    this.redraw();
  }

  get typed(): string {
    return this.#typed;
  }

  draw(): Uint8Array {
    return drawPicture(this.#id, [...this.#lines(), `> ${this.#typed}`]);
  }

  version(): number {
    return this.#version;
  }

  lights(): number {
    return this.keyboard.capsLock ? CAPS_LOCK_LIGHT : 0;
  }

  /** To be called when what it shows is another. */
  redraw(): void {
    this.#version++;
    for (const viewer of this.#viewers.values()) {
      viewer.update();
      viewer.showLights();
    }
  }

  /** Somebody looks at it. */
  serve(socket: Socket): void {
    this.#viewers.set(socket, new FakeRfbConnection(socket, this));
    socket.on('close', () => {
      this.#viewers.delete(socket);
      this.keyboard.releaseAll();
    });
  }

  isServed(socket: Socket): boolean {
    return this.#viewers.has(socket);
  }

  /** Resolves when all who look have what was sent to them. */
  async sent(): Promise<void> {
    await Promise.all([...this.#viewers.keys()].map(sentAll));
  }

  /** Nobody looks any more. */
  end(): void {
    for (const socket of this.#viewers.keys()) socket.destroy();
  }
}

/** Resolves when nothing waits to be sent to a client, or it has gone. */
function sentAll(client: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (client.destroyed) resolve();
    else client.once('close', resolve).write('', () => resolve());
  });
}
