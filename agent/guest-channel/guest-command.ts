// One command in a guest: its streams, how it ends, and the ways to end it. Whoever reads slowly slows the command down, nobody else.
import { constants } from 'node:os';
import { Readable, Writable } from 'node:stream';
import type { ChannelCommand, CommandExit } from './command-channel.ts';
import { windowBytes } from './exec-request.ts';
import { FRAME, WINDOW_BYTES } from './frame.ts';
import { GuestError } from './guest-error.ts';

/** How a command sends frames of its stream. `send` is false when the socket should not be given more input for now. */
export interface CommandLink {
  send(type: number, payload: Uint8Array): boolean;
  whenDrained(go: () => void): void;
}

/** Small credits cost a frame each. */
const CREDIT_BYTES = WINDOW_BYTES / 4;
const INPUT_BYTES = 32 * 1024;
/** What is dropped for a reader that has left. After that its command waits, as nobody would end the flood. */
const MOST_DROPPED_BYTES = 16 * 1024 * 1024;
/** Programs that save something when their terminal hangs up do it in milliseconds. */
const HANG_UP_MS = 2_000;
const CHANNELS = { stdout: 1, stderr: 2 } as const;

export class GuestCommand implements ChannelCommand {
  readonly id: number;
  /**
   * Exact bytes, as they come. Both must be read, or the command waits; of one that was destroyed the next 16 MiB are dropped, then
   * it waits, too.
   */
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Ends the command's input when it ends. What a command that does not read it was sent is dropped. */
  readonly stdin: Writable;
  readonly #link: CommandLink;
  readonly #outputs: { stdout: Output; stderr: Output };
  readonly #input: Input;
  readonly #exit = Promise.withResolvers<CommandExit>();
  /** The size that the terminal is to have, while that waits to be sent. */
  #nextSize: { rows: number; columns: number } | null = null;
  #pid: number | null = null;
  #isOver = false;

  constructor(id: number, link: CommandLink, hasStdin: boolean) {
    this.id = id;
    this.#link = link;
    // Whoever waits for the streams alone learns it there.
    this.#exit.promise.catch(() => {});
    const output = (channel: number) => new Output((bytes) => this.#sendCredit(channel, bytes));
    this.#outputs = { stdout: output(CHANNELS.stdout), stderr: output(CHANNELS.stderr) };
    this.#input = new Input(link);
    this.stdout = this.#outputs.stdout;
    this.stderr = this.#outputs.stderr;
    this.stdin = this.#input;
    // An input that is given up early is no error of the command.
    this.stdin.on('error', () => {});
    if (!hasStdin) this.#input.destroy();
  }

  /**
   * After all of its output. Rejects with GUEST_REFUSED_COMMAND if it could not be started, with the channel's error when that has
   * ended meanwhile; both streams are destroyed with the same error.
   */
  get exit(): Promise<CommandExit> {
    return this.#exit.promise;
  }

  /** In the guest; null until it has started. */
  get pid(): number | null {
    return this.#pid;
  }

  /** To its process group; SIGKILL ends all processes it has started, whatever they did to leave it. */
  signal(name: 'SIGINT' | 'SIGTERM' | 'SIGKILL' | 'SIGHUP' | 'SIGQUIT'): void {
    if (!this.#isOver) this.#link.send(FRAME.signal, Uint8Array.of(constants.signals[name]));
  }

  /** Of a command that has a terminal. Of many sizes that a busy guest has not been told yet, it is told the last. */
  resize(size: { rows: number; columns: number }): void {
    const isWaiting = this.#nextSize !== null;
    this.#nextSize = size;
    if (isWaiting) return;
    this.#link.whenDrained(() => {
      const next = this.#nextSize;
      this.#nextSize = null;
      if (next && !this.#isOver) this.#link.send(FRAME.resize, windowBytes(next));
    });
  }

  /** Ends a command that has a terminal, as a line that is dropped: SIGHUP, and what is left of it a little later is killed. */
  hangUp(graceMs = HANG_UP_MS): void {
    if (this.#isOver) return;
    this.#link.send(FRAME.hangUp, Buffer.alloc(0));
    const late = setTimeout(() => this.signal('SIGKILL'), graceMs).unref();
    const stop = () => clearTimeout(late);
    this.exit.then(stop, stop);
  }

  /** False if it has said so before. */
  takeStarted(pid: number): boolean {
    const isNews = this.#pid === null;
    this.#pid ??= pid;
    return isNews;
  }

  /** GUEST_HELPER_INVALID if it is more than the guest had credit for. */
  takeOutput(payload: Buffer): void {
    const output = payload[0] === CHANNELS.stdout ? this.#outputs.stdout : this.#outputs.stderr;
    output.receive(payload.subarray(1));
  }

  /** GUEST_HELPER_INVALID if it is more than the guest was sent. */
  takeCredit(bytes: number): void {
    this.#input.takeCredit(bytes);
  }

  takeExit(exit: CommandExit): void {
    this.#isOver = true;
    this.#input.destroy();
    this.#outputs.stdout.finish();
    this.#outputs.stderr.finish();
    this.#exit.resolve(exit);
  }

  end(error: GuestError): void {
    this.#isOver = true;
    this.#input.destroy();
    for (const stream of [this.stdout, this.stderr]) {
      // Nobody need be reading.
      stream.on('error', () => {});
      stream.destroy(error);
    }
    this.#exit.reject(error);
  }

  #sendCredit(channel: number, bytes: number): void {
    if (this.#isOver) return;
    const payload = Buffer.alloc(5);
    payload[0] = channel;
    payload.writeUInt32LE(bytes, 1);
    this.#link.send(FRAME.credit, payload);
  }
}

/** Holds at most the guest's window, and gives credit for what its reader has taken. */
class Output extends Readable {
  readonly #credit: (bytes: number) => void;
  readonly #waiting: Buffer[] = [];
  #window = WINDOW_BYTES;
  #owed = 0;
  #droppedBytes = 0;
  #isWanted = false;
  #isFinished = false;

  constructor(credit: (bytes: number) => void) {
    super({ highWaterMark: CREDIT_BYTES });
    this.#credit = credit;
  }

  receive(bytes: Buffer): void {
    this.#window -= bytes.length;
    if (this.#window < 0) {
      throw new GuestError('GUEST_HELPER_INVALID', 'the helper in the guest sends more than it may');
    }
    // A reader that has left.
    if (this.destroyed) this.#drop(bytes.length);
    else this.#waiting.push(bytes);
    this.#pass();
  }

  finish(): void {
    this.#isFinished = true;
    this.#pass();
  }

  override _read(): void {
    this.#isWanted = true;
    this.#pass();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    for (const bytes of this.#waiting.splice(0)) this.#drop(bytes.length);
    done(error);
  }

  #pass(): void {
    while (this.#isWanted) {
      const bytes = this.#waiting.shift();
      if (!bytes) break;
      this.#isWanted = this.push(bytes);
      this.#giveCredit(bytes.length);
    }
    if (!this.#isFinished || this.#waiting.length > 0 || this.destroyed) return;
    this.#isFinished = false;
    this.push(null);
  }

  #drop(bytes: number): void {
    this.#droppedBytes += bytes;
    if (this.#droppedBytes <= MOST_DROPPED_BYTES) this.#giveCredit(bytes);
  }

  #giveCredit(bytes: number): void {
    this.#owed += bytes;
    if (this.#owed < CREDIT_BYTES) return;
    this.#window += this.#owed;
    this.#credit(this.#owed);
    this.#owed = 0;
  }
}

/** Sends as much as the guest has credit for. */
class Input extends Writable {
  readonly #link: CommandLink;
  #window = WINDOW_BYTES;
  #more: (() => void) | null = null;

  constructor(link: CommandLink) {
    super({ highWaterMark: CREDIT_BYTES });
    this.#link = link;
  }

  takeCredit(bytes: number): void {
    this.#window += bytes;
    if (this.#window > WINDOW_BYTES) {
      throw new GuestError('GUEST_HELPER_INVALID', 'the helper in the guest takes more than it was sent');
    }
    const more = this.#more;
    this.#more = null;
    more?.();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    let at = 0;
    const send = () => {
      while (at < chunk.length) {
        if (this.destroyed) return done();
        if (this.#window === 0) {
          this.#more = send;
          return;
        }
        const part = chunk.subarray(at, at + Math.min(INPUT_BYTES, this.#window));
        at += part.length;
        this.#window -= part.length;
        if (!this.#link.send(FRAME.stdin, part)) return this.#link.whenDrained(send);
      }
      done();
    };
    send();
  }

  override _final(done: () => void): void {
    this.#link.send(FRAME.stdinEnd, Buffer.alloc(0));
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    const more = this.#more;
    this.#more = null;
    more?.();
    done(error);
  }
}
