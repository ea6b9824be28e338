// TT's side without `tt`: runs through the API, with their ends as the event feed tells them.
import { randomUUID } from 'node:crypto';
import { runOutput } from '../../client/node/index.ts';
import { hasSucceeded, type RunCommand, type RunDetail, type RunVm } from '../../protocol/index.ts';
import type { AgentProcess } from '../agent-process.ts';
import { withLimit } from '../with-limit.ts';

const LIMIT_MS = 120_000;

export interface RunWanted {
  envName: string;
  /** Default: all of the ENV. */
  vmIds?: string[];
  command: RunCommand;
  via?: 'guestChannel' | 'ssh';
}

interface Watched {
  vms: Map<string, RunVm>;
  changed: (isOver: boolean) => void;
}

/** Follows the feed of an agent while it lives. */
export class TtRuns {
  readonly #agent: AgentProcess;
  readonly #watched = new Map<string, Watched>();
  readonly #leaving = new AbortController();
  #listening: Promise<void> = Promise.resolve();

  private constructor(agent: AgentProcess) {
    this.#agent = agent;
  }

  static async follow(agent: AgentProcess): Promise<TtRuns> {
    const runs = new TtRuns(agent);
    const feed = await agent.connection.client.event.follow({}, { signal: runs.#leaving.signal });
    const ready = Promise.withResolvers<void>();
    const listen = async () => {
      for await (const item of feed) {
        if (item.kind === 'snapshotEnd') ready.resolve();
        if (item.kind !== 'event' || item.event.type !== 'run.updated') continue;
        const { run, vms } = item.event.data;
        const watched = runs.#watched.get(run.id);
        for (const vm of vms) watched?.vms.set(vm.vmId, vm);
        watched?.changed(run.state === 'ended');
      }
    };
    // What waits for news has a limit of its own.
    runs.#listening = listen().catch(ready.reject);
    await ready.promise;
    return runs;
  }

  /** Ends following. The agent is told so before this resolves: its connection may be closed then. */
  async leave(): Promise<void> {
    this.#leaving.abort();
    await this.#listening;
    await this.#agent.connection.client.run.list();
  }

  /** From the call to the news of its end. Rejects if it fails in any guest. */
  async run(wanted: RunWanted): Promise<{ ms: number; detail: RunDetail }> {
    const { begun, runId, over } = await this.#start(wanted);
    await withLimit('a run', LIMIT_MS, over);
    const ms = performance.now() - begun;
    const detail = await this.#agent.connection.client.run.show({ runId });
    const failed = detail.vms.find((vm) => !hasSucceeded(vm));
    if (failed) throw new Error(`${failed.vmName}: ${failed.state}, ${failed.failure?.message ?? failed.exitCode}`);
    return { ms, detail };
  }

  /**
   * From the call until the last of all but `without` has ended, by the agent's account, which is exact where news come in groups. What
   * has not ended then is cancelled by `finish`.
   */
  async runWithout(wanted: RunWanted, without: string): Promise<{ ms: number; finish: () => Promise<void> }> {
    const called = Date.now();
    const { runId, vms, over, others } = await this.#start(wanted, without);
    await withLimit('a run but for one guest', LIMIT_MS, others);
    const ends = [...vms.values()]
      .filter(({ vmId }) => vmId !== without)
      .map(({ endedAt }) => Date.parse(endedAt ?? ''));
    const finish = async () => {
      await this.#agent.connection.client.run.cancel({ runId });
      await withLimit('the end of a cancelled run', LIMIT_MS, over);
    };
    return { ms: Math.max(...ends) - called, finish };
  }

  /** What a run prints in one guest, piece by piece, to its end; `take` gets each. */
  async output(
    {
      envName,
      vmId,
      command,
      via = 'guestChannel',
    }: { envName: string; vmId: string } & Pick<RunWanted, 'command' | 'via'>,
    take: (bytes: Buffer) => Promise<void> | void,
    limitMs = LIMIT_MS,
  ): Promise<void> {
    const { runId, over } = await this.#start({ envName, vmIds: [vmId], command, via });
    const read = async () => {
      const signal = AbortSignal.timeout(limitMs);
      const place = { runId, vmId, channel: 'stdout' } as const;
      for await (const bytes of runOutput(this.#agent.connection, place, signal)) await take(bytes);
      await over;
    };
    await withLimit('the output of a run', limitMs, read());
  }

  async #start({ envName, vmIds, command, via = 'guestChannel' }: RunWanted, without?: string) {
    const runId = randomUUID();
    const [over, others] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const vms = new Map<string, RunVm>();
    let count = Number.POSITIVE_INFINITY;
    const look = (isOver: boolean) => {
      const ended = [...vms.values()].filter((vm) => vm.vmId !== without && vm.endedAt !== null);
      if (ended.length >= count) others.resolve();
      if (isOver) over.resolve();
    };
    // Before the call: the news of its end may come before its answer.
    this.#watched.set(runId, { vms, changed: look });
    const begun = performance.now();
    const { vms: asked } = await this.#agent.connection.client.run.start({
      runId,
      envName,
      command,
      via,
      timeoutMs: LIMIT_MS,
      ...(vmIds && { vmIds }),
    });
    count = asked.filter(({ vmId }) => vmId !== without).length;
    look(false);
    return { begun, runId, vms, over: over.promise, others: others.promise };
  }
}
