// Commands in a guest by QEMU's guest agent alone, for guests that can't have the helper. The agent answers one request at a time, and
// others ask it, too: all commands of a guest share one worker, which has the agent's port for a moment and lets others in between.
import { randomBytes } from 'node:crypto';
import { EngineError } from '../../engines/errors.ts';
import type { GuestAgentLink } from '../../engines/guest-agent.ts';
import type { RunningVm } from '../../engines/interface.ts';
import type { CommandChannel } from '../command-channel.ts';
import type { ExecRequest } from '../exec-request.ts';
import { GuestError } from '../guest-error.ts';
import { endOf, isRefused, isWindows, missingCalls, type Program, startProgram } from './agent-calls.ts';
import { AgentCommand } from './agent-command.ts';
import type { GuestSystem } from './guest-system.ts';
import { LinuxSystem } from './linux-system.ts';
import { WindowsSystem } from './windows-system.ts';

export type AgentHost = Pick<RunningVm, 'askGuestAgent' | 'guestExec'>;

/** Each asks a few times a second. */
export const MOST_AGENT_COMMANDS = 16;
/** How long the worker has the port at a time. */
const TURN_MS = 200;
/** How long the agent of a guest that is busy with other things may take to answer. */
const ANSWER_MS = 10_000;
/** How much longer it takes to read so much of a command’s input; each byte costs it a step. */
const INPUT_MS_PER_MIB = 20_000;
const MIB = 1024 * 1024;
const FIRST_PAUSE_MS = 3;
const LAST_PAUSE_MS = 250;
const SILENT_PAUSE_MS = 1_000;
/** For what is done after the end of commands; then it is left to whoever comes next. */
const MOST_CLEARING_TURNS = 50;
const EAGAIN = 11;

export class AgentChannel implements CommandChannel {
  readonly via = 'guestAgent';
  readonly #vm: AgentHost;
  readonly #system: GuestSystem;
  readonly #base: string;
  readonly #silentPauseMs: number;
  readonly #commands = new Set<AgentCommand>();
  /** To be started in the guest, and those that were and whose end the agent is to forget. */
  #leftovers: Program[] = [];
  readonly #ending = new Set<number>();
  readonly #closed = Promise.withResolvers<GuestError>();
  #failure: GuestError | null = null;
  #isWorking = false;
  #clearingTurns = 0;
  #isWoken = false;
  #wakeUp: () => void = () => {};

  private constructor(vm: AgentHost, system: GuestSystem, base: string, silentPauseMs: number) {
    this.#vm = vm;
    this.#system = system;
    this.#base = base;
    this.#silentPauseMs = silentPauseMs;
  }

  /**
   * Ends what earlier hosts have left in the guest. GUEST_AGENT_SILENT, ENGINE_TIMEOUT, or GUEST_AGENT_UNFIT with what is missing.
   * `system`: default is that which the guest says it is. `silentPauseMs`: after it a guest that did not answer is asked again.
   */
  static async open(
    vm: AgentHost,
    timeoutMs: number,
    { system, silentPauseMs = SILENT_PAUSE_MS }: { system?: GuestSystem; silentPauseMs?: number } = {},
  ): Promise<AgentChannel> {
    const ask = async (agent: GuestAgentLink) => {
      const missing = await missingCalls(agent);
      if (missing.length > 0) throw unfit(`the guest agent does not do ${missing.join(', ')} there`);
      return system ?? ((await isWindows(agent)) ? new WindowsSystem() : new LinuxSystem());
    };
    const begunMs = performance.now();
    const found = await vm.askGuestAgent(ask, timeoutMs);
    const { path, arg } = found.prepare();
    const left = Math.max(1, timeoutMs - (performance.now() - begunMs));
    const { stdout, exitCode } = await vm.guestExec([path, ...arg], { timeoutMs: left }).catch((error: unknown) => {
      if (isRefused(error)) throw unfit(`the guest agent can’t run ${path}`, error);
      throw error;
    });
    const base = stdout.trim();
    // It becomes part of paths in the guest.
    if (exitCode !== 0 || !/^[\w:/\\.,\- ]{1,300}$/.test(base)) throw unfit('the guest lacks what commands need');
    return new AgentChannel(vm, found, base, silentPauseMs);
  }

  get closed(): Promise<GuestError> {
    return this.#closed.promise;
  }

  /** As GuestChannel; EAGAIN if {@link MOST_AGENT_COMMANDS} run already, EFBIG for more than 4 MiB of input. */
  exec(request: ExecRequest): AgentCommand {
    const place = this.#system.place(this.#base, randomBytes(8).toString('hex'), endMark());
    const command = new AgentCommand(this.#system, place, request, () => this.#wake());
    if (this.#failure) command.fail(this.#failure);
    else if (this.#commands.size >= MOST_AGENT_COMMANDS) {
      command.fail(new GuestError('GUEST_REFUSED_COMMAND', 'too many commands at once', { errno: EAGAIN }));
    } else {
      this.#commands.add(command);
      this.#wake();
    }
    return command;
  }

  /** A command that passes files; `argv` is that of linux-files.ts, on every system. */
  execFiles(argv: readonly string[], user?: string, content: Uint8Array = Buffer.alloc(0)): AgentCommand {
    const { request, stdin } = this.#system.files(argv, content);
    const command = this.exec({ ...request, ...(user !== undefined && { user }) });
    command.stdin.end(stdin);
    return command;
  }

  /** What runs in the guest is ended when the next channel is opened. */
  close(why = new GuestError('GUEST_CHANNEL_CLOSED', 'the connection to the guest was closed')): void {
    if (this.#failure) return;
    this.#failure = why;
    for (const command of this.#commands) command.fail(why);
    this.#commands.clear();
    this.#leftovers = [];
    this.#ending.clear();
    this.#closed.resolve(why);
    this.#wakeUp();
  }

  #wake(): void {
    if (this.#failure) return;
    this.#clearingTurns = 0;
    this.#isWoken = true;
    this.#wakeUp();
    if (this.#isWorking) return;
    this.#isWorking = true;
    this.#work().catch((error: unknown) => {
      this.close(new GuestError('GUEST_AGENT_INVALID', 'the guest agent could not be used', { cause: error }));
    });
  }

  async #work(): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS;
    while (!this.#failure && this.#hasWork()) {
      let isSilent = false;
      this.#isWoken = false;
      try {
        const moved = await this.#vm.askGuestAgent((agent) => this.#turn(agent), this.#answerMs());
        pauseMs = moved ? FIRST_PAUSE_MS : Math.min(pauseMs * 1.5, LAST_PAUSE_MS);
      } catch (error) {
        if (error instanceof GuestError) return this.close(error);
        if (!(error instanceof EngineError)) throw error;
        if (error.code === 'VM_GONE') {
          return this.close(new GuestError('GUEST_CHANNEL_CLOSED', 'the guest’s port was closed', { cause: error }));
        }
        // It is paused, or hangs: as long as its machine runs it may go on.
        isSilent = true;
      }
      if (!this.#isWoken) await this.#pause(isSilent ? this.#silentPauseMs : pauseMs);
      if (this.#isWoken) pauseMs = FIRST_PAUSE_MS;
    }
    this.#isWorking = false;
  }

  /** A turn sends the inputs of all commands that begin in it. */
  #answerMs(): number {
    const bytes = [...this.#commands].reduce((sum, { inputBytes }) => sum + inputBytes, 0);
    return ANSWER_MS + Math.ceil((bytes / MIB) * INPUT_MS_PER_MIB);
  }

  #hasWork(): boolean {
    if (this.#commands.size > 0) return true;
    return this.#leftovers.length + this.#ending.size > 0 && this.#clearingTurns++ < MOST_CLEARING_TURNS;
  }

  /** Round by round, each command a step, until nothing moves or others wait. */
  async #turn(agent: GuestAgentLink): Promise<boolean> {
    const endMs = performance.now() + TURN_MS;
    let hasMoved = false;
    for (let moved = true; moved && performance.now() < endMs; ) {
      moved = false;
      for (const command of Array.from(this.#commands)) {
        // The last becomes the first that waits in the next turn.
        if (performance.now() >= endMs) break;
        this.#commands.delete(command);
        if (!this.#failure) this.#commands.add(command);
        moved = (await command.step(agent, (pid) => this.#ending.add(pid))) || moved;
        if (command.isOver) this.#forget(command);
      }
      hasMoved ||= moved;
    }
    await this.#clear(agent);
    return hasMoved;
  }

  #forget(command: AgentCommand): void {
    if (this.#commands.delete(command)) this.#leftovers.push(...command.leftovers());
  }

  async #clear(agent: GuestAgentLink): Promise<void> {
    for (let program = this.#leftovers[0]; program; program = this.#leftovers[0]) {
      try {
        this.#ending.add(await startProgram(agent, program));
      } catch (error) {
        if (!isRefused(error)) throw error;
      }
      this.#leftovers.shift();
    }
    for (const pid of this.#ending) {
      try {
        if (await endOf(agent, pid)) this.#ending.delete(pid);
      } catch (error) {
        if (!isRefused(error)) throw error;
        this.#ending.delete(pid);
      }
    }
  }

  async #pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wakeUp = () => {};
  }
}

/** A command can't know it. */
function endMark(): Buffer {
  return Buffer.from(`tt-end-${randomBytes(16).toString('hex')}`);
}

function unfit(what: string, cause?: unknown): GuestError {
  return new GuestError('GUEST_AGENT_UNFIT', what, { cause });
}
