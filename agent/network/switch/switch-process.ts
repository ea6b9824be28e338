// Starts, finds and ends the process of an agent's switches. Not a child that ends with the agent: guests keep their network while it
// restarts, and the next agent finds the process by its socket, or by its arguments if it does not answer.
import { mkdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { findProcess, identifyProcess, signalProcess, waitUntilGone } from '../../host/process-identity.ts';
import { RunError, spawnProcess } from '../../host/run-command.ts';
import { NetworkError } from '../errors.ts';
import { askControl, type ControlAnswer, SWITCH_VERSION } from './control.ts';
import { mustBeInForce, type SwitchRunner } from './runner.ts';
import { SWITCH_WORD } from './switch-word.ts';

export interface SwitchProcessOptions {
  /** Absolute, of the agent's user alone. */
  directory: string;
  /** How `tt-agent` is started: program and first arguments. */
  command: readonly [string, ...string[]];
}

const START_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 3_000;
/** Pauses between tries to connect, growing from the first to the last. */
const FIRST_RETRY_MS = 5;
const LAST_RETRY_MS = 100;

export class SwitchProcess implements SwitchRunner {
  readonly #directory: string;
  readonly #command: readonly [string, ...string[]];

  constructor({ directory, command }: SwitchProcessOptions) {
    this.#directory = directory;
    this.#command = command;
  }

  async apply(): Promise<boolean> {
    const answer = await askControl(this.#directory, { do: 'reload' });
    if (answer?.version === SWITCH_VERSION) {
      mustBeInForce(answer.problems);
      return false;
    }
    // Of an older or newer TT: guests lose frames for a moment.
    await this.end();
    mustBeInForce((await this.#start()).problems);
    return true;
  }

  async run(): Promise<string | null> {
    const pid = (await askControl(this.#directory, { do: 'tell' }))?.pid;
    const identity = pid === undefined ? null : await identifyProcess(pid);
    return identity && `${identity.pid} since ${identity.startTicks}`;
  }

  async end(): Promise<void> {
    // One that hangs is found by its arguments.
    const answer = await askControl(this.#directory, { do: 'end' }).catch(() => null);
    const told = answer && (await identifyProcess(answer.pid));
    if (told && (await waitUntilGone(told, STOP_TIMEOUT_MS))) return;
    const args = this.#arguments();
    for (let found = await findProcess(args); found; found = await findProcess(args)) {
      await signalProcess(found, 'SIGTERM');
      if (await waitUntilGone(found, STOP_TIMEOUT_MS)) continue;
      await signalProcess(found, 'SIGKILL');
      if (await waitUntilGone(found, STOP_TIMEOUT_MS)) continue;
      throw new NetworkError('COMMAND_FAILED', `the switch of user-mode guests (process ${found.pid}) can't be ended`);
    }
  }

  async #start(): Promise<ControlAnswer> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const [program, ...first] = this.#command;
    let hasEnded = false;
    try {
      const child = await spawnProcess(program, [...first, ...this.#arguments()], { cwd: '/', detached: true });
      child.once('exit', () => {
        hasEnded = true;
      });
    } catch (error) {
      if (!(error instanceof RunError)) throw error;
      throw new NetworkError('COMMAND_FAILED', error.message, { cause: error });
    }
    const deadline = Date.now() + START_TIMEOUT_MS;
    for (let retryMs = FIRST_RETRY_MS; Date.now() < deadline; retryMs = Math.min(retryMs * 1.5, LAST_RETRY_MS)) {
      const answer = await askControl(this.#directory, { do: 'reload' });
      if (answer) return answer;
      if (hasEnded) throw new NetworkError('COMMAND_FAILED', 'the switch of user-mode guests ended while it started');
      await delay(retryMs);
    }
    throw new NetworkError('COMMAND_FAILED', `the switch of user-mode guests did not start within ${START_TIMEOUT_MS} ms`);
  }

  #arguments(): string[] {
    return [SWITCH_WORD, this.#directory];
  }
}
