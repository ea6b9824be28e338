// Starts, finds and ends the process of an agent's switches. Not a child that ends with the agent: guests keep their network while it
// restarts, and the next agent finds the process by its socket, or by its arguments if it does not answer.
import { mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findProcess, identifyProcess, signalProcess, waitUntilGone } from '../../host/process-identity.ts';
import { RunError, spawnProcess } from '../../host/run-command.ts';
import { NetworkError } from '../errors.ts';
import { ANSWER_TIMEOUT_MS, askControl, type ControlAnswer, SWITCH_VERSION } from './control.ts';
import { mustBeInForce, type SwitchRunner } from './runner.ts';
import { SWITCH_WORD } from './switch-word.ts';

export interface SwitchProcessOptions {
  /** Absolute, of the agent's user alone. */
  directory: string;
  /** How `tt-agent` is started: program and first arguments. */
  command: readonly [string, ...string[]];
  /** After so long without an answer it hangs; default: 10 s. */
  answerTimeoutMs?: number;
}

/** On a busy host; one that ends is not waited for. */
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 3_000;
/** Pauses between tries to connect, growing from the first to the last. */
const FIRST_RETRY_MS = 5;
const LAST_RETRY_MS = 100;

export class SwitchProcess implements SwitchRunner {
  readonly #directory: string;
  readonly #command: readonly [string, ...string[]];
  readonly #answerTimeoutMs: number;

  constructor({ directory, command, answerTimeoutMs = ANSWER_TIMEOUT_MS }: SwitchProcessOptions) {
    this.#directory = directory;
    this.#command = command;
    this.#answerTimeoutMs = answerTimeoutMs;
  }

  async apply(numbers: readonly number[]): Promise<void> {
    const answer = await this.#ask('reload');
    if (answer !== null && answer !== 'silent' && answer.version === SWITCH_VERSION) {
      mustBeInForce(answer.problems, numbers);
      return;
    }
    // Of an older or newer TT, or one that hangs: guests lose frames for a moment.
    if (answer === 'silent') await this.#kill();
    else await this.end();
    mustBeInForce((await this.#start()).problems, numbers);
  }

  async run(): Promise<string | null> {
    const answer = await this.#ask('tell');
    // QEMU waits while a switch does not read, with its whole machine: one that hangs is worse than none.
    if (answer === 'silent') await this.#kill();
    if (answer === null || answer === 'silent') return null;
    const identity = await identifyProcess(answer.pid);
    return identity && `${identity.pid} since ${identity.startTicks}`;
  }

  async end(): Promise<void> {
    const answer = await this.#ask('end');
    const told = answer !== null && answer !== 'silent' ? await identifyProcess(answer.pid) : null;
    if (told && (await waitUntilGone(told, STOP_TIMEOUT_MS))) return;
    await this.#kill();
  }

  /** `silent`: somebody listens, and gives no answer that makes sense. */
  async #ask(what: 'reload' | 'tell' | 'end'): Promise<ControlAnswer | 'silent' | null> {
    try {
      return await askControl(this.#directory, { do: what }, this.#answerTimeoutMs);
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      return 'silent';
    }
  }

  /** Found by its arguments. */
  async #kill(): Promise<void> {
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
    // What Node says of a failure of the program; a log for each life.
    await using log = await open(path.join(this.#directory, 'log'), 'w', 0o600);
    try {
      const args = [...first, ...this.#arguments()];
      const child = await spawnProcess(program, args, { cwd: '/', detached: true, stderrFd: log.fd });
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
      if (hasEnded)
        throw new NetworkError('COMMAND_FAILED', 'the switch of user-mode guests ended while it started; see its log');
      await delay(retryMs);
    }
    throw new NetworkError(
      'COMMAND_FAILED',
      `the switch of user-mode guests did not start within ${START_TIMEOUT_MS} ms`,
    );
  }

  #arguments(): string[] {
    return [SWITCH_WORD, this.#directory];
  }
}
