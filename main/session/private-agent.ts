// The agent of this computer: one that already runs for the state folder, or one started as Electron's child from the
// bundled out/agent/main.js. VMs outlive it; it is restarted if it dies unexpectedly.
import {
  findPrivateAgent,
  makeStateFolder,
  type PrivateAgent,
  readStartFailure,
  type StartFailure,
  stopAgent,
} from '@tt/client/node';
import { TtError } from '@tt/protocol';
import { watchAgentFile } from './home-watch.ts';

/** A started agent process. */
export interface AgentProcess {
  on(event: 'exit', listener: (code: number) => void): unknown;
  kill(): boolean;
  /** What it wrote to standard error, once it has ended. */
  said(): Promise<string>;
}

/** The agent ended before it was ready, and said why. */
export class AgentStartError extends Error implements StartFailure {
  override readonly name = 'AgentStartError';
  readonly code: string;
  readonly fix: string;

  constructor({ code, message, fix }: StartFailure) {
    super(message);
    this.code = code;
    this.fix = fix;
  }
}

export interface PrivateAgentOptions {
  home: string;
  /** Starts the bundled agent for the home folder. */
  start: (home: string) => AgentProcess;
  /** Deaths in a row after which it is left dead; each life of a minute or more starts the count again. */
  maxRestarts?: number;
  now?: () => number;
}

const START_TIMEOUT_MS = 60_000;
const STEADY_MS = 60_000;

export class PrivateAgentKeeper {
  readonly #options: PrivateAgentOptions;
  #child: AgentProcess | null = null;
  #deaths = 0;
  #ending = false;

  constructor(options: PrivateAgentOptions) {
    this.#options = options;
  }

  /** The one that runs; null when none does. */
  async find(): Promise<PrivateAgent | null> {
    try {
      return await findPrivateAgent(this.#options.home);
    } catch (error) {
      if (error instanceof TtError && error.code === 'AGENT_NOT_RUNNING') return null;
      throw error;
    }
  }

  /** The one that runs, else a new one. Rejects with STATE_UNUSABLE; when it ends before it listens, with what it said, else AGENT_NOT_RUNNING. */
  async findOrStart(): Promise<PrivateAgent> {
    const { home } = this.#options;
    this.#ending = false;
    await makeStateFolder(home);
    return (await this.find()) ?? (await this.#startAndWait());
  }

  /** Ends the agent if it was started here. Its VMs keep running. */
  stop(): void {
    this.#ending = true;
    this.#child?.kill();
    this.#child = null;
  }

  /**
   * Ends the agent that runs, whoever started it, and waits until it is gone. Its VMs keep running. Rejects with
   * AGENT_STILL_RUNNING if it does not go.
   */
  async end(): Promise<void> {
    this.#ending = true;
    const agent = await this.find();
    if (agent) await stopAgent(agent, this.#options.home);
  }

  async #startAndWait(): Promise<PrivateAgent> {
    const { home } = this.#options;
    this.#child ??= this.#spawn();
    const child = this.#child;
    return new Promise((resolve, reject) => {
      const settle = (then: () => void) => {
        clearTimeout(timer);
        unwatch();
        then();
      };
      const fail = (why: Error) => settle(() => reject(why));
      const isNotThere = () => new TtError('AGENT_NOT_RUNNING', { stateDirectory: home });
      const onExit = () => {
        void child.said().then((said) => {
          const failure = readStartFailure(said);
          fail(failure ? new AgentStartError(failure) : isNotThere());
        }, fail);
      };
      const look = () =>
        void this.find().then(
          (agent) => agent && settle(() => resolve(agent)),
          (error: unknown) => settle(() => reject(error)),
        );
      const timer = setTimeout(() => fail(isNotThere()), START_TIMEOUT_MS);
      const unwatch = watchAgentFile(home, look);
      child.on('exit', onExit);
      look();
    });
  }

  #spawn(): AgentProcess {
    const now = this.#options.now ?? Date.now;
    const startedAt = now();
    const child = this.#options.start(this.#options.home);
    child.on('exit', () => {
      if (this.#child === child) this.#child = null;
      if (this.#ending) return;
      this.#deaths = now() - startedAt >= STEADY_MS ? 1 : this.#deaths + 1;
      if (this.#deaths <= (this.#options.maxRestarts ?? 3)) this.#child = this.#spawn();
    });
    return child;
  }
}
