// One command in a guest over ssh: its streams, how it ends, and how it is killed. Waits for its channel where the server has no more.
// oxlint-disable-next-line typescript/triple-slash-reference -- ssh2 has no types; programs with other roots find these only so
/// <reference path="../../client/node/ssh2.d.ts" />
import { randomBytes } from 'node:crypto';
import { constants } from 'node:os';
import { type Readable, Writable } from 'node:stream';
import type { ClientChannel } from 'ssh2';
import { MOST_SCRIPT_BYTES, MOST_STDIN_BYTES, visible } from '@tt/protocol';
import type { CommandExit } from '../guest-channel/command-channel.ts';
import type { ExecRequest } from '../guest-channel/exec-request.ts';
import { GuestError } from '../guest-channel/guest-error.ts';
import { AfterMark } from './after-mark.ts';
import { KILL_LINE, lineFor, markOf, START } from './guest-script.ts';
import { windowsLine } from './windows-line.ts';

/** A script, and what that reads. */
const MOST_INPUT_BYTES = MOST_SCRIPT_BYTES + MOST_STDIN_BYTES;
/** A login shell of a guest that is emulated takes seconds. */
const BEGIN_MS = 30_000;
/** What it is given takes longer. */
const BEGIN_MS_PER_MIB = 20_000;
const MIB = 1024 * 1024;
/** How long nothing more comes from what a command left running with its outputs, until they are closed. */
const LINGER_MS = 1_000;
/** A guest that kills takes milliseconds; after this its channel is closed, whatever becomes of the command. */
const KILL_MS = 10_000;
const E2BIG = 7;
const EINVAL = 22;
const SIGNALS: Readonly<Record<string, number>> = constants.signals;

export class SshCommand {
  /** Exact bytes, as they come. Both must be read or destroyed. */
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Collected, up to some MiB: the command begins when it ends. */
  readonly stdin: Writable;
  readonly #request: ExecRequest;
  readonly #isWindows: boolean;
  readonly #onOver: () => void;
  readonly #id = randomBytes(8).toString('hex');
  readonly #outputs: { stdout: AfterMark; stderr: AfterMark };
  readonly #exit = Promise.withResolvers<CommandExit>();
  readonly #input: Buffer[] = [];
  #isInputWhole: boolean;
  #inputBytes = 0;
  #channel: ClientChannel | null = null;
  #status: CommandExit | null = null;
  #refusal: GuestError | null = null;
  #hasBegun = false;
  #isOver = false;
  #beginning: NodeJS.Timeout | undefined;
  #lingering: NodeJS.Timeout | undefined;
  #killing: NodeJS.Timeout | undefined;
  #lastDataAt = 0;

  /** `onOver` is called once, when it needs no channel any more. */
  constructor(request: ExecRequest, isWindows: boolean, onOver: () => void) {
    this.#request = request;
    this.#isWindows = isWindows;
    this.#onOver = onOver;
    this.#isInputWhole = request.stdin === 'none';
    this.#exit.promise.catch(() => {});
    const mark = isWindows ? null : markOf(this.#id);
    this.#outputs = {
      stdout: new AfterMark(mark, () => this.#begun()),
      stderr: new AfterMark(mark, (line) => this.#takeRefusal(line)),
    };
    this.stdout = this.#outputs.stdout;
    this.stderr = this.#outputs.stderr;
    for (const output of [this.stdout, this.stderr]) {
      output.on('error', (error) => this.end(error instanceof GuestError ? error : gone(error)));
      // Whoever gave both up wants no more of it. One that ended is destroyed too.
      output.on('close', () => {
        const outputs = [this.stdout, this.stderr];
        const isGivenUp = outputs.some(({ readableEnded }) => !readableEnded);
        if (isGivenUp && outputs.every(({ destroyed }) => destroyed)) this.end(gone());
      });
    }
    this.stdin = this.#collector();
    this.stdin.on('error', () => this.end(refused(E2BIG, 'its standard input is too long')));
  }

  /** After all of its output. Rejects with GUEST_REFUSED_COMMAND if it could not be started, or with why the connection has ended. */
  get exit(): Promise<CommandExit> {
    return this.#exit.promise;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Bytes that came and nobody has read. */
  get bufferedBytes(): number {
    return this.#channel ? this.#channel.readableLength + this.#channel.stderr.readableLength : 0;
  }

  /** SIGKILL, the only one there is a way for: what it has started is ended with it, see guest-script.ts. */
  signal(_name: 'SIGKILL'): void {
    if (this.#isOver) return;
    // Its line has not been sent: nothing runs.
    if (!this.#channel || !this.#isInputWhole) {
      this.#finish({ exitCode: null, signal: constants.signals.SIGKILL });
      return;
    }
    this.#killing ??= setTimeout(() => this.end(gone()), KILL_MS);
    if (this.#isWindows) this.#channel.signal('KILL');
    else this.#channel.write(KILL_LINE);
  }

  /** Takes the channel on which `line` runs; not to be called once it is over. */
  take(channel: ClientChannel): void {
    this.#channel = channel;
    channel.on('exit', (code, signal) => this.#takeStatus(code, signal));
    // When all of stdout was read; of stderr, more may be there.
    channel.on('close', () => {
      if (channel.stderr.readableEnded) this.#settle();
      else channel.stderr.on('end', () => this.#settle());
    });
    const noteData = () => {
      this.#lastDataAt = performance.now();
    };
    channel.on('data', noteData);
    channel.pipe(this.#outputs.stdout);
    channel.stderr.on('data', noteData);
    channel.stderr.pipe(this.#outputs.stderr);
    if (this.#isWindows) this.#begun();
    else this.#waitForBegin(BEGIN_MS);
    this.#sendInput();
  }

  /** What the server is told to run. Null: it can't be. */
  get line(): string | null {
    if (this.#isWindows) return windowsLine(this.#request.argv);
    return START;
  }

  end(error: GuestError): void {
    if (this.#isOver) return;
    this.#over();
    for (const output of [this.stdout, this.stderr]) output.destroy(error);
    this.#exit.reject(error);
  }

  #collector(): Writable {
    return new Writable({
      write: (bytes: Buffer, _encoding, done) => {
        this.#inputBytes += bytes.length;
        if (this.#inputBytes > MOST_INPUT_BYTES) return done(new Error('more than a command over ssh can be given'));
        this.#input.push(bytes);
        done();
      },
      final: (done) => {
        this.#isInputWhole = true;
        this.#sendInput();
        done();
      },
    });
  }

  /** The rest of the script. A shell of Windows gets the input itself. */
  #sendInput(): void {
    if (!this.#channel || !this.#isInputWhole || this.#isOver) return;
    const input = Buffer.concat(this.#input.splice(0));
    if (this.#isWindows) {
      this.#channel.end(input);
      return;
    }
    const line = lineFor(this.#request, this.#id, input.length);
    if (line === null) {
      this.end(refused(EINVAL, 'a zero character in an argument'));
      return;
    }
    this.#waitForBegin(BEGIN_MS + Math.ceil((input.length / MIB) * BEGIN_MS_PER_MIB));
    this.#channel.write(Buffer.concat([Buffer.from(line), input]));
  }

  #waitForBegin(ms: number): void {
    clearTimeout(this.#beginning);
    this.#beginning = setTimeout(() => this.end(this.#notBegun('GUEST_SSH_INVALID', 'nothing comes')), ms);
  }

  #begun(): void {
    this.#hasBegun = true;
    clearTimeout(this.#beginning);
  }

  #takeRefusal(line: string): void {
    const [, errno = '0', text = ''] = /^(\d{1,3}) ?(.*)$/.exec(line) ?? [];
    if (errno !== '0') this.#refusal = refused(Number(errno), visible(text));
  }

  #takeStatus(code: number | null, signal: string | undefined): void {
    if (this.#status) return;
    const number = SIGNALS[signal ?? ''] ?? 0;
    this.#status = code === null ? { exitCode: null, signal: number } : { exitCode: code, signal: null };
    this.#lastDataAt = performance.now();
    this.#lingering = setInterval(() => this.#closeIfQuiet(), LINGER_MS);
  }

  /** A server waits for all who have the outputs, such as a program left in the background; the command itself is over. */
  #closeIfQuiet(): void {
    const { stdout, stderr } = this.#outputs;
    const isUnread = this.bufferedBytes > 0 || stdout.readableLength > 0 || stderr.readableLength > 0;
    if (isUnread || performance.now() - this.#lastDataAt < LINGER_MS) return;
    this.#settle();
  }

  #settle(): void {
    if (this.#isOver) return;
    const status = this.#status;
    if (this.#refusal) this.end(this.#refusal);
    // Killed before it began: that is no refusal.
    else if (status && (this.#hasBegun || this.#killing)) this.#finish(status);
    else if (status) this.end(this.#notBegun('GUEST_REFUSED_COMMAND', 'it ended before'));
    else this.end(gone());
  }

  #finish(exit: CommandExit): void {
    this.#over();
    for (const output of Object.values(this.#outputs)) if (!output.writableEnded) output.end();
    this.#exit.resolve(exit);
  }

  #notBegun(code: 'GUEST_SSH_INVALID' | 'GUEST_REFUSED_COMMAND', what: string): GuestError {
    const said = this.#outputs.stderr.said || this.#outputs.stdout.said;
    const text = `the login shell does not run the command: ${what}`;
    return new GuestError(code, said === '' ? text : `${text}, and said: ${said}`);
  }

  #over(): void {
    this.#isOver = true;
    clearTimeout(this.#beginning);
    clearInterval(this.#lingering);
    clearTimeout(this.#killing);
    this.stdin.destroy();
    const channel = this.#channel;
    if (channel) {
      // What still comes is nobody's.
      channel.unpipe();
      channel.stderr.unpipe();
      channel.resume();
      channel.stderr.resume();
      channel.close();
    }
    this.#onOver();
  }
}

function refused(errno: number, text: string): GuestError {
  return new GuestError('GUEST_REFUSED_COMMAND', text, { errno });
}

function gone(cause?: unknown): GuestError {
  return new GuestError('GUEST_CHANNEL_CLOSED', 'its ssh channel was closed', { cause });
}
