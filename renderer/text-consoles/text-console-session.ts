// A console of text (a serial port, a shell) as an object with a lifetime: the stream with its reconnecting is a ConsoleSession's; here are
// its bytes on the way to the screen, no faster than that draws them, and the lines that say what happened in between.
import type { PacedChannel } from '@tt/client';
import type { ShellEnd, TtError, VmState } from '@tt/protocol';
import { reaction } from 'mobx';
import { ConsoleSession } from '../consoles/console-session.ts';

/** Where the bytes are shown. */
export interface TextSink {
  /** `done` is called when they have been dealt with. */
  write(bytes: Uint8Array, done: () => void): void;
  /** Shows a line of the window's own among what the guest prints. */
  mark(text: string): void;
  /** Ends what a guest that is there no more has begun: half a sequence, a full-screen program, a mode. */
  settle(): void;
}

/** What stands in a line of its own. */
export type TextConsoleEvent =
  | { kind: 'reverted'; snapshot: string; at: Date }
  /** The machine was off in between. */
  | { kind: 'startedAgain'; at: Date }
  /** The link was: what was printed meanwhile is not here. */
  | { kind: 'reconnected'; at: Date }
  /** A shell has ended, and how. */
  | { kind: 'ended'; end: ShellEnd; at: Date }
  /** Another shell begins after one that has ended. */
  | { kind: 'newShell'; at: Date }
  /** Another one begins after the link was lost, and the shell with it. */
  | { kind: 'lostShell'; at: Date };

export interface TextConsoleOptions<Stream extends PacedChannel> {
  vmId: string;
  /** Rejects with TtError. */
  openTicket: (vmId: string) => Promise<string>;
  openPacedStream: (ticket: string) => Stream;
  /** Which line says that bytes flow again; `wasOff`: the machine was not running meanwhile. */
  again: (wasOff: boolean, at: Date) => TextConsoleEvent;
  /** Bytes flow, or a stream that was opened was closed. */
  onOpened?: (stream: Stream) => void;
  onClosed?: (stream: Stream) => void;
  /** The words of a line, in the language of now. */
  say: (event: TextConsoleEvent) => string;
  backoffMs?: (attempt: number) => number;
  /** As of a ConsoleSession. */
  isFinal?: (error: TtError) => boolean;
  now?: () => Date;
}

/** As of a WebSocket. */
const OPEN = 1;
/** Main takes messages up to a MiB, and keys should not stand behind a whole paste. */
const PIECE_BYTES = 16 * 1024;
/** Events that wait for a screen that is still being loaded; older ones are of no use any more. */
const MOST_WAITING = 16;

export class TextConsoleSession<Stream extends PacedChannel = PacedChannel> {
  /** The stream and what it is doing. */
  readonly console: ConsoleSession;
  readonly #options: TextConsoleOptions<Stream>;
  readonly #now: () => Date;
  #sink: TextSink | null = null;
  /** The one that the console opened last. */
  #stream: Stream | null = null;
  #waiting: TextConsoleEvent[] = [];
  #wasConnected = false;
  #wasOff = false;

  constructor(options: TextConsoleOptions<Stream>) {
    const { vmId, openTicket, openPacedStream, backoffMs, isFinal, now = () => new Date() } = options;
    this.#options = options;
    this.#now = now;
    this.console = new ConsoleSession({
      vmId,
      source: { openTicket, openStream: (ticket) => (this.#stream = openPacedStream(ticket)) },
      ...(backoffMs && { backoffMs }),
      ...(isFinal && { isFinal }),
    });
  }

  get vmId(): string {
    return this.console.vmId;
  }

  /** Tells it what the VM is doing; null = deleted. */
  vmChanged(state: VmState | null): void {
    this.console.vmChanged(state);
  }

  /** Begins; the answer ends it and frees all. */
  start(): () => void {
    const stopPhase = reaction(
      () => this.console.phase.kind,
      (kind) => (this.#wasOff ||= kind === 'off'),
    );
    const stopChannel = reaction(
      () => this.console.channel,
      (channel) => {
        const stream = this.#stream;
        if (!channel || !stream) return;
        channel.onopen = () => this.#connected(stream);
        channel.onclose = () => this.#options.onClosed?.(stream);
        this.#read();
      },
    );
    const stop = this.console.start();
    return () => {
      stop();
      stopChannel();
      stopPhase();
    };
  }

  /** The screen is there, or no more (null). What comes while there is none waits at its other end, beyond the first MiB. */
  showOn(sink: TextSink | null): void {
    this.#sink = sink;
    if (sink) for (const event of this.#waiting.splice(0)) this.tell(event);
    this.#read();
  }

  /** Says it in a line of its own. */
  tell(event: TextConsoleEvent): void {
    if (!this.#sink) {
      this.#waiting = [...this.#waiting, event].slice(-MOST_WAITING);
      return;
    }
    // The same guest goes on after a lost link, maybe inside a program that fills the screen.
    if (event.kind !== 'reconnected') this.#sink.settle();
    this.#sink.mark(this.#options.say(event));
  }

  /** False when there is nobody to type to. */
  type(text: string): boolean {
    const { channel } = this.console;
    if (channel?.readyState !== OPEN) return false;
    const bytes = new TextEncoder().encode(text);
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) channel.send(bytes.subarray(at, at + PIECE_BYTES));
    return true;
  }

  #read(): void {
    const { channel } = this.console;
    const stream = this.#stream;
    const sink = this.#sink;
    if (!channel || !stream) return;
    channel.onmessage =
      sink &&
      (({ data }: MessageEvent<ArrayBuffer>) => {
        sink.write(new Uint8Array(data), () => stream.dealtWith(data.byteLength));
      });
  }

  #connected(stream: Stream): void {
    if (this.#wasConnected) this.tell(this.#options.again(this.#wasOff, this.#now()));
    this.#wasConnected = true;
    this.#wasOff = false;
    this.console.screenShown();
    this.#options.onOpened?.(stream);
  }
}
