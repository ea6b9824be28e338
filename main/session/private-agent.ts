// The agent of this computer: one that already runs for the state folder, or one started as Electron's child from the
// bundled out/agent/main.js. VMs outlive it; it is restarted if it dies unexpectedly.
import { findPrivateAgent, makeStateFolder, type PrivateAgent } from '@tt/client/node';
import { TtError } from '@tt/protocol';
import { watchAgentFile } from './home-watch.ts';

/** A started agent process; Electron's UtilityProcess fits. */
export interface AgentProcess {
  on(event: 'exit', listener: (code: number) => void): unknown;
  kill(): boolean;
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

  /** The one that runs, else a new one. Rejects with STATE_UNUSABLE, or AGENT_NOT_RUNNING when it ends before it listens. */
  async findOrStart(): Promise<PrivateAgent> {
    const { home } = this.#options;
    await makeStateFolder(home);
    return (await this.find()) ?? (await this.#startAndWait());
  }

  /** Ends the agent if it was started here. Its VMs go on. */
  stop(): void {
    this.#ending = true;
    this.#child?.kill();
    this.#child = null;
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
      const fail = () => settle(() => reject(new TtError('AGENT_NOT_RUNNING', { stateDirectory: home })));
      const look = () =>
        void this.find().then(
          (agent) => agent && settle(() => resolve(agent)),
          (error: unknown) => settle(() => reject(error)),
        );
      const timer = setTimeout(fail, START_TIMEOUT_MS);
      const unwatch = watchAgentFile(home, look);
      child.on('exit', fail);
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
