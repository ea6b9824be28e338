// Who runs the switches of an agent. `switch-process.ts` is a process of its own, `fake-switch-host.ts` the fake; both pass
// `switched.contract.ts`, and so does the host within the test's own process.
import { NetworkError } from '../errors.ts';
import type { FileProblem } from './network-files.ts';
import { SwitchHost, type SwitchHostOptions } from './switch-host.ts';

export interface SwitchRunner {
  /**
   * What the files say is in force when it resolves. Starts the switches unless they run. Rejects with NetworkError
   * COMMAND_FAILED, also if the file of one of `numbers` can't be read; networks of others whose file can't be read go on as they were.
   */
  apply(numbers: readonly number[]): Promise<void>;
  /** Identifies their run; null if they don't run. Ends one that hangs. */
  run(): Promise<string | null>;
  /** Idempotent. */
  end(): Promise<void>;
}

/** COMMAND_FAILED, if there are problems with one of `numbers`. */
export function mustBeInForce(problems: readonly FileProblem[], numbers: readonly number[]): void {
  const messages = problems.filter(({ number }) => numbers.includes(number)).map(({ message }) => message);
  if (messages.length > 0) throw new NetworkError('COMMAND_FAILED', messages.join('; '));
}

/** In this process: for an agent that can’t start another one, and for tests. Ends with it; guests wait for the next. */
export class LocalRunner implements SwitchRunner {
  readonly #options: SwitchHostOptions;
  #host: SwitchHost | null = null;
  #runs = 0;

  constructor(options: SwitchHostOptions) {
    this.#options = options;
  }

  async apply(numbers: readonly number[]): Promise<void> {
    if (this.#host === null) this.#runs += 1;
    this.#host ??= new SwitchHost(this.#options);
    mustBeInForce(await this.#host.reload(), numbers);
  }

  async run(): Promise<string | null> {
    return this.#host === null ? null : String(this.#runs);
  }

  async end(): Promise<void> {
    const host = this.#host;
    this.#host = null;
    host?.close();
  }
}
