// The agent's end of a shell's stream: frames (client/shell-frames.ts) in and out, over a command with a terminal in a guest. A viewer
// that reads slowly slows its shell down, nobody else; one that leaves hangs up.
import { Duplex } from 'node:stream';
import {
  encodeShellBytes,
  encodeShellFrame,
  FrameError,
  SHELL_FRAME_BYTES,
  type ShellFrame,
  ShellFrameReader,
} from '@tt/client';
import type { ShellEnd } from '@tt/protocol';
import type { GuestCommand } from '../guest-channel/guest-command.ts';
import { writable } from '../guest-channel/guest-files.ts';

export type ShellCommand = Pick<GuestCommand, 'stdin' | 'stdout' | 'stderr' | 'resize' | 'hangUp'>;

export class ShellStream extends Duplex {
  readonly #command: ShellCommand;
  readonly #end: Promise<ShellEnd>;
  readonly #reader = new ShellFrameReader();
  /** Called when the viewer takes more, or has left. */
  #wake: (() => void) | null = null;
  #hasBegun = false;

  /** `end` resolves, never rejects, when the command has ended. */
  constructor(command: ShellCommand, end: Promise<ShellEnd>) {
    super({ allowHalfOpen: false, readableHighWaterMark: SHELL_FRAME_BYTES, writableHighWaterMark: SHELL_FRAME_BYTES });
    this.#command = command;
    this.#end = end;
    // A terminal has one output.
    command.stderr.destroy();
  }

  override _read(): void {
    const wake = this.#wake;
    this.#wake = null;
    wake?.();
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    void this.#pass();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    void this.#takeThen(chunk, done);
  }

  async #takeThen(chunk: Buffer, done: (error?: Error | null) => void): Promise<void> {
    try {
      await this.#takeAll(chunk);
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#command.hangUp();
    this.#command.stdout.destroy();
    this.#wake?.();
    done(error);
  }

  /** Never rejects. */
  async #pass(): Promise<void> {
    try {
      for await (const bytes of this.#command.stdout as AsyncIterable<Buffer>) {
        for (const frame of encodeShellBytes(bytes)) await this.#show(frame);
        if (this.destroyed) return;
      }
    } catch {
      // The way to the guest has ended: `end` says why.
    }
    const end = await this.#end;
    if (this.destroyed) return;
    await this.#show(encodeShellFrame({ kind: 'end', end }));
    this.push(null);
  }

  async #show(frame: Uint8Array): Promise<void> {
    if (this.destroyed || this.push(frame)) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }

  async #takeAll(chunk: Buffer): Promise<void> {
    for (const frame of this.#reader.push(chunk)) await this.#take(frame);
  }

  /** Throws FrameError. */
  async #take(frame: ShellFrame): Promise<void> {
    switch (frame.kind) {
      case 'bytes':
        // What comes for a shell that has ended is dropped.
        if (this.#command.stdin.destroyed) return;
        this.#command.stdin.write(frame.bytes);
        return writable(this.#command);
      case 'resize':
        this.#command.resize(frame.size);
        return;
      case 'end':
        throw new FrameError('an end that only the agent may tell');
    }
  }
}

/** The stream of a shell that never began. */
export function endedShell(end: ShellEnd): Duplex {
  return new Duplex({
    allowHalfOpen: false,
    read() {
      this.push(encodeShellFrame({ kind: 'end', end }));
      this.push(null);
    },
    write(_chunk, _encoding, done) {
      done();
    },
  });
}
