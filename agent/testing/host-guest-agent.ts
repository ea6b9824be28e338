// Test support: a guest agent whose guest is this machine. It does the few requests that commands need, really: programs run, and files
// are files. In one process with its host, so there is no port; one request at a time, as QEMU's.
import { once } from 'node:events';
import { closeSync, openSync, readSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';
import { EngineError } from '../engines/errors.ts';
import type { GuestAgentLink } from '../engines/guest-agent.ts';
import type { RunningVm } from '../engines/interface.ts';
import { Mutex } from '../host/mutex.ts';
import { runCommand, spawnProcess } from '../host/run-command.ts';

type Arguments = Record<string, unknown>;
type Ended = { exitcode: number } | { signal: number };

const COMMANDS = ['guest-exec', 'guest-exec-status', 'guest-file-open', 'guest-file-read', 'guest-file-close'];
/** Its input is in a file, whose name is the first argument. */
const WITH_INPUT = 'exec 0< "$1"; shift; exec "$@"';

export class HostGuestAgent implements Pick<RunningVm, 'askGuestAgent' | 'guestExec'> {
  readonly #folder: string;
  readonly #turns = new Mutex();
  readonly #ends = new Map<number, Ended | null>();
  readonly #handles = new Map<number, number>();
  #next = 1;
  /** Called before each request with its name; may throw. */
  onRequest: (command: string) => void = () => {};
  /** Called after each; what it throws is what the host hears instead of the answer. */
  onAnswer: (command: string) => void = () => {};

  /** `folder`: for what programs are to read. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  askGuestAgent<Answer>(work: (agent: GuestAgentLink) => Promise<Answer>): Promise<Answer> {
    const agent: GuestAgentLink = {
      execute: async (command, args) => {
        this.onRequest(command);
        const answer = await this.#execute(command, JSON.parse(args || '{}') as Arguments);
        this.onAnswer(command);
        return answer;
      },
    };
    return this.#turns.run(() => work(agent));
  }

  async guestExec([program = '', ...args]: readonly string[], { timeoutMs }: { timeoutMs: number }) {
    return this.#turns.run(() => runCommand(program, args, { timeoutMs, okExitCodes: [0, 1, 2, 125, 126, 127] }));
  }

  async #execute(command: string, args: Arguments): Promise<unknown> {
    switch (command) {
      case 'guest-info':
        return { supported_commands: COMMANDS.map((name) => ({ name, enabled: true })) };
      case 'guest-exec':
        return { pid: await this.#start(args) };
      case 'guest-exec-status': {
        const pid = Number(args['pid']);
        const end = this.#ends.get(pid);
        if (end === undefined) throw refused("Invalid parameter 'pid'");
        if (end) this.#ends.delete(pid);
        return { exited: end !== null, ...end };
      }
      case 'guest-file-open': {
        const fd = attempt(() => openSync(String(args['path']), String(args['mode'])));
        this.#handles.set(this.#next, fd);
        return this.#next++;
      }
      case 'guest-file-read': {
        const bytes = Buffer.alloc(Number(args['count']));
        const count = attempt(() => readSync(this.#fdOf(args), bytes));
        return { count, 'buf-b64': bytes.toString('base64', 0, count), eof: count < bytes.length };
      }
      case 'guest-file-close':
        closeSync(this.#fdOf(args));
        this.#handles.delete(Number(args['handle']));
        return {};
      default:
        throw refused(`The command ${command} has not been found`);
    }
  }

  async #start(args: Arguments): Promise<number> {
    const input = path.join(this.#folder, `input-${this.#next++}`);
    writeFileSync(input, Buffer.from((args['input-data'] as string | undefined) ?? '', 'base64'), { mode: 0o600 });
    const program = [String(args['path']), ...(args['arg'] as string[])];
    const environment = (args['env'] as string[] | undefined) ?? [];
    const words = ['-i', ...environment, '/bin/sh', '-c', WITH_INPUT, 'sh', input, ...program];
    const child = await spawnProcess('/usr/bin/env', words, { detached: false });
    const pid = child.pid ?? 0;
    this.#ends.set(pid, null);
    void once(child, 'exit').then(([code, signal]) => {
      this.#ends.set(
        pid,
        code === null ? { signal: constants.signals[signal as NodeJS.Signals] } : { exitcode: Number(code) },
      );
    });
    return pid;
  }

  #fdOf(args: Arguments): number {
    const fd = this.#handles.get(Number(args['handle']));
    if (fd === undefined) throw refused('the handle has not been found');
    return fd;
  }
}

function refused(why: string): EngineError {
  return new EngineError('COMMAND_FAILED', why);
}

function attempt<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw refused(String(error));
  }
}
