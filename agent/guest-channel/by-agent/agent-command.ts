// One command that the guest agent runs: from its input to its end, in steps. A step is some requests on a connection that its channel
// has for a moment; each may stay without an answer, as of a guest that is paused, and the next step goes on there.
import { constants } from 'node:os';
import { Writable } from 'node:stream';
import { MOST_SCRIPT_BYTES, MOST_STDIN_BYTES, visible } from '@tt/protocol';
import type { GuestAgentLink } from '../../engines/guest-agent.ts';
import type { ChannelCommand, CommandExit } from '../command-channel.ts';
import type { ExecRequest } from '../exec-request.ts';
import { GuestError } from '../guest-error.ts';
import { endOf, isRefused, type Program, type ProgramEnd, readPiece, startProgram } from './agent-calls.ts';
import { AgentOutput } from './agent-output.ts';
import { type CommandPlace, type GuestSystem, REFUSED } from './guest-system.ts';

type SignalName = Parameters<ChannelCommand['signal']>[0];

/** Its input goes to the guest in one request, before it starts: a script, and what that reads. */
const MOST_INPUT_BYTES = MOST_SCRIPT_BYTES + MOST_STDIN_BYTES;
const KILL_AGAIN_MS = 2_000;
const EFBIG = 27;
const EINVAL = 22;
const ENOENT = 2;
const SIGKILL = constants.signals.SIGKILL;
/** Of what a guest says of a refusal. */
const QUOTED_CHARACTERS = 200;

export class AgentCommand implements ChannelCommand {
  readonly stdout: AgentOutput;
  readonly stderr: AgentOutput;
  readonly stdin: Writable;
  readonly #system: GuestSystem;
  readonly #place: CommandPlace;
  readonly #request: ExecRequest;
  readonly #wake: () => void;
  readonly #exit = Promise.withResolvers<CommandExit>();
  /** Null until all of it has come. */
  #input: Buffer | null = null;
  #isAsked = false;
  #pid: number | null = null;
  #end: ProgramEnd | null = null;
  #isFinished = false;
  #signals: SignalName[] = [];
  #killedAt: number | null = null;
  #isOver = false;

  /** `wake`: there is something to do. */
  constructor(system: GuestSystem, place: CommandPlace, request: ExecRequest, wake: () => void) {
    this.#system = system;
    this.#place = place;
    this.#request = request;
    this.#wake = wake;
    this.#exit.promise.catch(() => {});
    const output = (letter: string) =>
      new AgentOutput((number) => system.fileIn(place, `${letter}.${number}`), place.endMark, wake);
    this.stdout = output('o');
    this.stderr = output('e');
    this.stdin = new Collected((input) => this.#takeInput(input));
    this.stdin.on('error', () => {});
    if (request.stdin === 'none') this.stdin.end();
  }

  get exit(): Promise<CommandExit> {
    return this.#exit.promise;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** That is still to be sent. */
  get inputBytes(): number {
    return this.#input?.length ?? 0;
  }

  signal(name: SignalName): void {
    if (this.#isOver) return;
    if (name === 'SIGKILL') this.#killedAt ??= 0;
    else this.#signals.push(name);
    this.#wake();
  }

  /** Rejects its `exit`, and both streams. */
  fail(error: GuestError): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.stdin.destroy();
    for (const stream of [this.stdout, this.stderr]) {
      stream.on('error', () => {});
      stream.destroy(error);
    }
    this.#exit.reject(error);
  }

  /** What is left to do in the guest after its end; empty if it was never there. */
  leftovers(): Program[] {
    if (!this.#isAsked) return [];
    const kill = this.#end ? null : this.#system.signal(this.#place, this.#pid, 'SIGKILL');
    return [...(kill ? [kill] : []), this.#system.clear(this.#place)];
  }

  /**
   * True if anything has moved. Programs that need not be waited for are given to `background`. Rejects with GUEST_AGENT_SILENT and the
   * like; what is wrong with the command itself ends it.
   */
  async step(agent: GuestAgentLink, background: (pid: number) => void): Promise<boolean> {
    if (this.#isOver) return true;
    if (this.#pid === null) return this.#start(agent);
    await this.#sendSignals(agent, this.#pid, background);
    let moved = false;
    if (!this.#end) {
      this.#end = await this.#askEnd(agent, this.#pid);
      moved = this.#end !== null;
    }
    if (this.#isOver) return true;
    if (this.#end) await this.#finish(agent, background);
    for (const output of [this.stdout, this.stderr]) moved = (await output.pull(agent)) || moved;
    if (this.#end && !moved) await this.#lookForTheEnd(agent);
    if (!this.#isOver && this.#end && this.stdout.isOver && this.stderr.isOver) this.#exited(this.#end);
    return moved;
  }

  #takeInput(input: Buffer | null): void {
    if (input) this.#input = input;
    else
      this.fail(
        refusal(EFBIG, `through the guest agent a command takes up to ${MOST_INPUT_BYTES / 1024} KiB of input`),
      );
    this.#wake();
  }

  async #start(agent: GuestAgentLink): Promise<boolean> {
    if (this.#killedAt !== null && !this.#isAsked) {
      this.#exited({ exitCode: null, signal: SIGKILL });
      return true;
    }
    if (this.#isAsked) {
      // It may run, and nobody knows as what.
      this.fail(
        new GuestError('GUEST_CHANNEL_CLOSED', 'the guest agent did not say whether it has started the command'),
      );
      return true;
    }
    if (!this.#input) return false;
    const { argv, env = {}, cwd, user, terminal, isBuiltIn } = this.#request;
    const texts = [...argv, ...Object.entries(env).flat(), cwd, user];
    if (terminal || isBuiltIn || texts.some((text) => text?.includes('\0'))) {
      const why = terminal || isBuiltIn ? 'the guest agent can’t do that' : 'a zero character in an argument';
      this.fail(refusal(EINVAL, why));
      return true;
    }
    const program = this.#system.start(this.#place, this.#request, this.#input);
    if ('errno' in program) {
      this.fail(refusal(program.errno, program.why));
      return true;
    }
    this.#isAsked = true;
    try {
      this.#pid = await startProgram(agent, program);
    } catch (error) {
      if (!isRefused(error)) throw error;
      this.#isAsked = false;
      this.fail(new GuestError('GUEST_AGENT_UNFIT', `the guest agent can’t run ${program.path}`, { cause: error }));
    }
    this.#input = null;
    return true;
  }

  async #sendSignals(agent: GuestAgentLink, pid: number, background: (pid: number) => void): Promise<void> {
    if (this.#end) return;
    const send = async (name: SignalName) => {
      const program = this.#system.signal(this.#place, pid, name);
      if (program) background(await startProgram(agent, program));
    };
    for (let name = this.#signals.shift(); name; name = this.#signals.shift()) await send(name);
    if (this.#killedAt === null || performance.now() - this.#killedAt < KILL_AGAIN_MS) return;
    // Again, as it may just have been about to begin.
    this.#killedAt = performance.now();
    await send('SIGKILL');
  }

  async #askEnd(agent: GuestAgentLink, pid: number): Promise<ProgramEnd | null> {
    try {
      return await endOf(agent, pid);
    } catch (error) {
      if (!isRefused(error)) throw error;
      // It tells each end once; or it was started anew, and its commands with it.
      this.fail(
        new GuestError('GUEST_CHANNEL_CLOSED', 'the guest agent knows no end of the command', { cause: error }),
      );
      return null;
    }
  }

  /** The program has ended; the rest of what it printed is still to come. */
  async #finish(agent: GuestAgentLink, background: (pid: number) => void): Promise<void> {
    if (this.#isFinished) return;
    if (this.#end?.exitCode === REFUSED) {
      const why = await readPiece(agent, this.#system.fileIn(this.#place, 'r'));
      const [, number, text = ''] = /^(\d{1,5}) (.*)/.exec(why?.toString('utf8') ?? '') ?? [];
      if (number !== undefined) {
        this.fail(refusal(Number(number) || ENOENT, visible(text.slice(0, QUOTED_CHARACTERS))));
        return;
      }
    }
    const program = this.#system.finish(this.#place);
    if (program) background(await startProgram(agent, program));
    this.#isFinished = true;
  }

  /** Nothing comes any more, though it should. */
  async #lookForTheEnd(agent: GuestAgentLink): Promise<void> {
    // What was to put the end there was killed, too.
    if (!this.#system.finish(this.#place) && this.#killedAt !== null) {
      for (const output of [this.stdout, this.stderr]) output.finish();
      return;
    }
    for (const [letter, output] of [['o', this.stdout] as const, ['e', this.stderr] as const]) {
      if (output.isOver) continue;
      const failed = await readPiece(agent, this.#system.fileIn(this.#place, `${letter}.failed`));
      if (failed) this.fail(new GuestError('GUEST_OUTPUT_LOST', 'the guest has no space for what the command prints'));
    }
  }

  #exited(end: ProgramEnd): void {
    this.#isOver = true;
    this.stdin.destroy();
    this.stdout.finish();
    this.stderr.finish();
    const isKilled = this.#killedAt !== null && this.#system.name === 'windows';
    this.#exit.resolve(isKilled ? { exitCode: null, signal: SIGKILL } : this.#system.exitOf(end));
  }
}

function refusal(errno: number, text: string): GuestError {
  return new GuestError('GUEST_REFUSED_COMMAND', text, { errno });
}

/** Gives all of it at its end; null if it is too much. */
class Collected extends Writable {
  readonly #done: (input: Buffer | null) => void;
  readonly #parts: Buffer[] = [];
  #bytes = 0;

  constructor(done: (input: Buffer | null) => void) {
    super();
    this.#done = done;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#bytes += chunk.length;
    if (this.#bytes <= MOST_INPUT_BYTES) this.#parts.push(chunk);
    else this.#done(null);
    done();
  }

  override _final(done: () => void): void {
    this.#done(Buffer.concat(this.#parts));
    done();
  }
}
