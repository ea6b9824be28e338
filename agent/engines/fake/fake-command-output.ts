// What a command of a fake guest prints, and how it speaks with its host: within the credit that it was given.
import { FRAME, WINDOW_BYTES } from '../../guest-channel/frame.ts';

const CHUNK_BYTES = 16 * 1024;

/** How a command speaks with its host. */
export interface CommandPort {
  send(type: number, payload: Uint8Array): void;
  /** Ends the connection, as if the helper were killed. */
  drop(): void;
}

/** What its host says to it. */
export interface FakeCommand {
  stdin(bytes: Buffer): void;
  stdinEnd(): void;
  credit(channel: number, bytes: number): void;
}

/** What a command prints, as far as its host has given credit; then its end. */
export class FakeOutput implements FakeCommand {
  readonly #port: CommandPort;
  readonly #waiting: { channel: number; bytes: Buffer }[] = [];
  readonly #windows = [0, WINDOW_BYTES, WINDOW_BYTES];
  #exitCode: number | null = null;
  #dropAfter = Number.POSITIVE_INFINITY;
  #sent = 0;

  constructor(port: CommandPort) {
    this.#port = port;
    port.send(FRAME.started, Uint8Array.of(1, 0, 0, 0));
  }

  stdin(_bytes: Buffer): void {}
  stdinEnd(): void {}

  credit(channel: number, bytes: number): void {
    this.#windows[channel] = (this.#windows[channel] ?? 0) + bytes;
    this.#pump();
  }

  print(channel: 1 | 2, bytes: Buffer): void {
    for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
      this.#waiting.push({ channel, bytes: bytes.subarray(at, at + CHUNK_BYTES) });
    }
    this.#pump();
  }

  dropAfter(bytes: number): void {
    this.#dropAfter = bytes;
  }

  exit(exitCode: number): void {
    this.#exitCode = exitCode;
    this.#pump();
  }

  fail(errno: number, what: string): void {
    this.print(2, Buffer.from(`${errno} ${what}: it can't be done here\n`));
    this.exit(1);
  }

  #pump(): void {
    for (let next = this.#waiting[0]; next; next = this.#waiting[0]) {
      const { channel, bytes } = next;
      if ((this.#windows[channel] ?? 0) < bytes.length) return;
      if (this.#sent >= this.#dropAfter) {
        this.#port.drop();
        return;
      }
      this.#waiting.shift();
      this.#windows[channel] = (this.#windows[channel] ?? 0) - bytes.length;
      this.#sent += bytes.length;
      this.#port.send(FRAME.output, Buffer.concat([Uint8Array.of(channel), bytes]));
    }
    if (this.#exitCode === null) return;
    this.#port.send(FRAME.exit, Uint8Array.of(0, this.#exitCode));
    this.#exitCode = null;
  }
}
