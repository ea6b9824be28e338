// The connection to the helper in a guest: runs many commands at once, each with streams of its own. Knows nothing of VMs: it is
// given the socket of a virtio-serial port.
import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { type GuestHealth, visible } from '@tt/protocol';
import type { CommandChannel } from './command-channel.ts';
import { encodeExec, type ExecRequest } from './exec-request.ts';
import {
  encodeFrame,
  FEATURE,
  FRAME,
  type Frame,
  FrameReader,
  MAX_PAYLOAD,
  PROTOCOL_VERSION,
  WINDOW_BYTES,
} from './frame.ts';
import { GuestCommand, type CommandLink } from './guest-command.ts';
import { GuestError, invalid } from './guest-error.ts';
import { readReport } from './guest-report.ts';

/** The helper takes as many; the rest is refused here, with the same code. */
export const MOST_COMMANDS = 64;
/**
 * Pauses between greetings. In a guest that has just woken the driver often hands over the first one before it tells the helper that a host
 * has come; the helper then takes it for what one that has left had said. Later ones are for a helper that starts meanwhile.
 */
const HELLO_AFTER_MS = [25, 50, 100, 200] as const;
const HELLO_EVERY_MS = 500;
const NONCE_BYTES = 16;
/**
 * What a guest may send within a while that serves nothing: halves of frames, frames of commands that have ended, those that say nothing.
 * A helper sends next to nothing of it; a guest that floods would keep the agent busy.
 */
const USELESS = { mostBytes: 4 * 1024 * 1024, withinMs: 10_000 } as const;
/** Until it has greeted: what its commands of an earlier session may still say, each as much as it has credit for. */
const MOST_EARLIER_BYTES = MOST_COMMANDS * 2 * WINDOW_BYTES;
/** As many as a frame that served nothing counts for, besides its payload. */
const FRAME_BYTES = 1024;
const ALL_FEATURES = Object.values(FEATURE).reduce((all, bit) => all | bit, 0);
const E2BIG = 7;
const EAGAIN = 11;
const EINVAL = 22;

/** How long a greeting is waited for that is not the first, after so many. */
export function helloPauseMs(times: number): number {
  return HELLO_AFTER_MS[times - 1] ?? HELLO_EVERY_MS;
}

export class GuestChannel implements CommandChannel {
  readonly via = 'helper';
  readonly #socket: Duplex;
  readonly #reader = new FrameReader();
  readonly #commands = new Map<number, GuestCommand>();
  /** What waits for an answer of the helper itself, by the id of the question; the answer has its type. */
  readonly #questions = new Map<number, { type: number; answer: (payload: Buffer) => void }>();
  readonly #nonce = randomBytes(NONCE_BYTES);
  readonly #greeted = Promise.withResolvers<void>();
  readonly #closed = Promise.withResolvers<GuestError>();
  #isGreeted = false;
  #features = 0;
  #failure: GuestError | null = null;
  #nextId = 1;
  #useless = { bytes: 0, since: 0 };
  /** Called once the socket takes more. */
  #onDrain: (() => void)[] = [];

  private constructor(socket: Duplex) {
    this.#socket = socket;
    // Nobody need be waiting for either.
    this.#greeted.promise.catch(() => {});
    socket.on('data', (bytes: Buffer) => this.#receive(bytes));
    socket.on('drain', () => {
      const waiting = this.#onDrain;
      this.#onDrain = [];
      for (const go of waiting) go();
    });
    socket.on('error', (cause) => this.#end(closed(cause)));
    socket.on('close', () => this.#end(closed()));
    socket.on('end', () => this.#end(closed()));
  }

  /**
   * Greets the helper, which ends whatever ran for an earlier host. GUEST_HELPER_SILENT if it does not answer within `timeoutMs`;
   * the socket is destroyed then. GUEST_CHANNEL_CLOSED if it closes first, or on `signal`; GUEST_HELPER_OTHER_VERSION if it can’t be
   * spoken with.
   */
  static async open(socket: Duplex, timeoutMs: number, signal?: AbortSignal): Promise<GuestChannel> {
    const channel = new GuestChannel(socket);
    const hello = encodeFrame(FRAME.hello, 0, Buffer.concat([Uint8Array.of(PROTOCOL_VERSION), channel.#nonce]));
    let repeat: NodeJS.Timeout | undefined;
    const greet = (times: number) => {
      // The zero ends what a host before us has left unfinished.
      socket.write(Buffer.concat([Uint8Array.of(0), hello]));
      repeat = setTimeout(() => greet(times + 1), helloPauseMs(times));
    };
    greet(1);
    const late = setTimeout(
      () => channel.#end(new GuestError('GUEST_HELPER_SILENT', 'the helper in the guest does not answer')),
      timeoutMs,
    );
    const cancel = () => channel.#end(new GuestError('GUEST_CHANNEL_CLOSED', 'the connection was cancelled'));
    signal?.addEventListener('abort', cancel);
    try {
      signal?.throwIfAborted();
      await channel.#greeted.promise;
      return channel;
    } finally {
      clearTimeout(repeat);
      clearTimeout(late);
      signal?.removeEventListener('abort', cancel);
    }
  }

  has(feature: keyof typeof FEATURE): boolean {
    return (this.#features & FEATURE[feature]) !== 0;
  }

  /** The helper can do all that this agent knows of; an older one, in a guest that slept or ran under an older agent, can't. */
  get isUpToDate(): boolean {
    return (this.#features & ALL_FEATURES) === ALL_FEATURES;
  }

  /** Resolves, never rejects, with why it ended. */
  get closed(): Promise<GuestError> {
    return this.#closed.promise;
  }

  /**
   * Starts a command. Nothing is thrown: what goes wrong rejects its `exit`. COMMAND: GUEST_REFUSED_COMMAND with ENOENT if there is
   * no such program, user or folder, EINVAL for a zero character, E2BIG for more than 64 KiB of arguments, EAGAIN if {@link MOST_COMMANDS} run already.
   */
  exec(request: ExecRequest): GuestCommand {
    const id = this.#nextId++;
    const command = new GuestCommand(id, this.#link(id), request.stdin !== 'none');
    const fields = encodeExec(request);
    if (this.#failure) command.end(this.#failure);
    else if (fields === null) command.end(refused(EINVAL, 'a zero character in an argument'));
    else if (this.#commands.size >= MOST_COMMANDS) command.end(refused(EAGAIN, 'too many commands at once'));
    else if (fields.length > MAX_PAYLOAD) command.end(refused(E2BIG, 'its arguments are too long'));
    else {
      this.#commands.set(id, command);
      this.#socket.write(encodeFrame(FRAME.exec, id, fields));
    }
    return command;
  }

  /** Whether the helper is still there: false if it says nothing within `timeoutMs`, as one that was killed. Never rejects. */
  async answers(timeoutMs: number): Promise<boolean> {
    return (await this.#ask(FRAME.ping, timeoutMs)) !== null;
  }

  /**
   * How the guest is and what addresses it has; needs the feature `reports`. Rejects with GUEST_HELPER_SILENT if it says nothing within
   * `timeoutMs`, with GUEST_HELPER_INVALID for what makes no sense, or with the error of a channel that has ended.
   */
  async report(timeoutMs: number): Promise<GuestHealth> {
    const lines = await this.#ask(FRAME.report, timeoutMs);
    if (lines !== null) return readReport(lines.toString('utf8'));
    throw this.#failure ?? new GuestError('GUEST_HELPER_SILENT', 'the helper in the guest does not answer');
  }

  /**
   * Makes the guest another one: `lines` of `identityLines`. Returns what it says of each part, in the words of `identity-script.ts`; needs the
   * feature `identity`. Rejects as {@link report}; the guest may be another one all the same, and may be told again.
   */
  async giveIdentity(lines: string, timeoutMs: number): Promise<string> {
    const answer = await this.#ask(FRAME.identity, timeoutMs, Buffer.from(lines));
    if (answer !== null) return answer.toString('utf8');
    throw this.#failure ?? new GuestError('GUEST_HELPER_SILENT', 'the helper in the guest does not answer');
  }

  /** Null if no answer came within `timeoutMs`, or the channel has ended. Never rejects. */
  async #ask(type: number, timeoutMs: number, payload?: Buffer): Promise<Buffer | null> {
    if (this.#failure) return null;
    const id = this.#nextId++;
    const { promise, resolve } = Promise.withResolvers<Buffer | null>();
    const late = setTimeout(() => resolve(null), timeoutMs);
    this.#questions.set(id, { type, answer: resolve });
    this.#socket.write(encodeFrame(type, id, payload));
    void this.closed.then(() => resolve(null));
    try {
      return await promise;
    } finally {
      clearTimeout(late);
      this.#questions.delete(id);
    }
  }

  /** Ends all its commands with GUEST_CHANNEL_CLOSED; the helper ends their processes when it sees that its host has left. */
  close(why = new GuestError('GUEST_CHANNEL_CLOSED', 'the connection to the guest was closed')): void {
    this.#end(why);
  }

  #link(id: number): CommandLink {
    return {
      send: (type, payload) => {
        if (this.#failure) return true;
        return this.#socket.write(encodeFrame(type, id, payload));
      },
      whenDrained: (go) => {
        if (this.#socket.writableNeedDrain) this.#onDrain.push(go);
        else go();
      },
    };
  }

  #receive(bytes: Buffer): void {
    if (this.#failure) return;
    try {
      for (const frame of this.#reader.push(bytes)) {
        if (!this.#take(frame)) this.#count(FRAME_BYTES + frame.payload.length);
      }
      this.#count(this.#reader.takeUselessBytes());
    } catch (error) {
      if (!(error instanceof GuestError)) throw error;
      this.#end(error);
    }
  }

  /** GUEST_HELPER_INVALID once it is too much. */
  #count(bytes: number): void {
    if (bytes === 0) return;
    const now = performance.now();
    if (now - this.#useless.since > USELESS.withinMs) this.#useless = { bytes: 0, since: now };
    this.#useless.bytes += bytes;
    if (this.#useless.bytes > (this.#isGreeted ? USELESS.mostBytes : MOST_EARLIER_BYTES))
      throw invalid('it floods its host with what nobody has asked for');
  }

  /** False for a frame that served nothing. */
  #take({ type, id, payload }: Frame): boolean {
    if (type === FRAME.features) {
      // Before its greeting, so that an older agent does not wonder.
      const isOurs = payload.subarray(0, NONCE_BYTES).equals(this.#nonce);
      if (isOurs) this.#features = atLeast(payload, NONCE_BYTES + 4).readUInt32LE(NONCE_BYTES);
      return isOurs;
    }
    if (type === FRAME.hello) {
      if (this.#isGreeted || !payload.subarray(1).equals(this.#nonce)) return false;
      const version = payload[0];
      if (version !== PROTOCOL_VERSION) throw otherVersion(version);
      this.#isGreeted = true;
      this.#useless.bytes = 0;
      this.#greeted.resolve();
      return true;
    }
    // For a session before this one.
    if (!this.#isGreeted) return false;
    if (type === FRAME.lost) throw new GuestError('GUEST_CHANNEL_CLOSED', 'the guest has more to say than was read');
    if (type === FRAME.ping || type === FRAME.report || type === FRAME.identity) {
      const question = this.#questions.get(id);
      if (question?.type !== type) return false;
      this.#questions.delete(id);
      question.answer(payload);
      return true;
    }
    const command = this.#commands.get(id);
    if (!command) return false;
    switch (type) {
      case FRAME.output:
        command.takeOutput(payload);
        return payload.length > 1;
      case FRAME.stdinCredit: {
        const bytes = atLeast(payload, 4).readUInt32LE(0);
        command.takeCredit(bytes);
        return bytes > 0;
      }
      case FRAME.started:
        return command.takeStarted(atLeast(payload, 4).readUInt32LE(0));
      case FRAME.exit: {
        const [kind, value] = atLeast(payload, 2);
        this.#commands.delete(id);
        command.takeExit(kind === 0 ? { exitCode: value ?? 0, signal: null } : { exitCode: null, signal: value ?? 0 });
        return true;
      }
      case FRAME.failed: {
        this.#commands.delete(id);
        const text = visible(payload.subarray(4, 260).toString('utf8'));
        command.end(refused(atLeast(payload, 4).readUInt32LE(0), text));
        return true;
      }
      default:
        return false;
    }
  }

  #end(failure: GuestError): void {
    if (this.#failure) return;
    this.#failure = failure;
    this.#socket.destroy();
    this.#greeted.reject(failure);
    for (const command of this.#commands.values()) command.end(failure);
    this.#commands.clear();
    this.#closed.resolve(failure);
  }
}

function atLeast(payload: Buffer, length: number): Buffer {
  if (payload.length < length) throw invalid('it sent a frame that is too short');
  return payload;
}

function closed(cause?: unknown): GuestError {
  return new GuestError('GUEST_CHANNEL_CLOSED', 'the guest’s port was closed', { cause });
}

function refused(errno: number, text: string): GuestError {
  return new GuestError('GUEST_REFUSED_COMMAND', text, { errno });
}

function otherVersion(version: number | undefined): GuestError {
  const what = `the helper in the guest speaks version ${version} of the protocol, this agent version ${PROTOCOL_VERSION}`;
  return new GuestError('GUEST_HELPER_OTHER_VERSION', what);
}
