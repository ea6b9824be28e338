// What is used right now: of each ENV by the feed, once a second; of the machines that somebody looks at, the last minute of each, as it was
// asked for. Only meters look here, so that a second's metrics draw nothing else anew.
import { type EnvMetrics, MINUTE_ROUNDS, type Metrics, type VmMetrics, type VmMinute } from '@tt/protocol';
import { action, compareShallow, makeObservable, observable } from 'mobx';
import { computedByKey } from '../state/computed-by-key.ts';
import { roundsOf } from './rounds-of.ts';

/** One for each second: a minute is kept. */
export const METRICS_RETAINED = MINUTE_ROUNDS;

/** What several VMs use together; of one processor: 200 is two busy ones. */
export type MetricsSum = Pick<EnvMetrics, 'cpuPercent' | 'memoryBytes'>;

/** What was answered about the machines that are looked at. */
export interface SeenMetrics extends Metrics {
  minutes?: VmMinute[] | undefined;
}

export class MetricsStore {
  /** Oldest first. Not observable each: there may be hundreds. */
  readonly #byVm = new Map<string, VmMetrics[]>();
  /** null: the feed tells of each machine, as an older agent does, or nothing was told yet. */
  #byEnv: ReadonlyMap<string, MetricsSum> | null = null;
  #seenAt: string | null = null;
  /** How many observe each machine. */
  readonly #looks = new Map<string, number>();
  /** Called when somebody begins to look at a machine; changes nothing that can be observed. */
  onLook: () => void = () => {};
  /** Of how many rounds of machines was heard: what is observed is looked at anew with each. */
  rounds = 0;
  /** The same of ENVs. */
  sumRounds = 0;

  constructor() {
    makeObservable(this, {
      rounds: observable,
      sumRounds: observable,
      apply: action,
      applySeen: action,
      forget: action,
    });
  }

  /** Whether the feed tells sums alone, so that what is looked at must be asked for. */
  get tellsSums(): boolean {
    return this.#byEnv !== null;
  }

  /** Ids of the machines that somebody looks at. */
  looked(): string[] {
    return [...this.#looks.keys()];
  }

  /** Whether the minute before now is there. */
  isKnown(vmId: string): boolean {
    return this.#byVm.has(vmId);
  }

  /** Takes one second's metrics of the feed. */
  apply({ vms, envs }: Metrics): void {
    this.sumRounds++;
    if (envs) {
      this.#byEnv = new Map(envs.map((env) => [env.envName, env]));
      return;
    }
    this.#byEnv = null;
    this.#put(vms);
  }

  /** Takes an answer about the machines that are looked at. One that is not in it has stopped, or nobody looks at it any more. */
  applySeen({ at, vms, minutes = [] }: SeenMetrics): void {
    // Asked twice in one round of the agent: what is known already is the same.
    const isSameRound = at === this.#seenAt;
    this.#seenAt = at;
    for (const minute of minutes) this.#byVm.set(minute.vmId, roundsOf(minute).slice(0, -1));
    const withMinute = new Set(minutes.map(({ vmId }) => vmId));
    this.#put(vms, (vmId) => isSameRound && !withMinute.has(vmId) && this.#byVm.has(vmId));
  }

  /** What was measured before is not what is used now: the link is down. */
  forget(): void {
    this.#byVm.clear();
    this.#byEnv = null;
    this.#seenAt = null;
    this.rounds++;
    this.sumRounds++;
  }

  /** A minute with holes is none: the next answer brings it whole. What is shown stays until then. */
  forgetMinutes(): void {
    this.#byVm.clear();
  }

  /** The last metrics of a VM; undefined when it does not run or nothing was measured yet. */
  readonly of = computedByKey(
    (vmId: string): VmMetrics | undefined => this.#now(vmId),
    undefined,
    (vmId) => this.#look(vmId),
  );

  /** The metrics of the last minute, oldest first. */
  readonly historyOf = computedByKey(
    (vmId: string): readonly VmMetrics[] => {
      void this.rounds;
      return [...(this.#byVm.get(vmId) ?? [])];
    },
    compareShallow,
    (vmId) => this.#look(vmId),
  );

  /** What an ENV uses; null when nothing of it was measured. `vmIds`: its machines, for feeds that tell of each. */
  sumOfEnv(envName: string, vmIds: () => readonly string[]): MetricsSum | null {
    void this.sumRounds;
    if (this.#byEnv) return this.#byEnv.get(envName) ?? null;
    return sum(vmIds().flatMap((vmId) => this.#now(vmId) ?? []));
  }

  /** What all machines use together; null when nothing was measured. */
  sumOfAll(): MetricsSum | null {
    void this.sumRounds;
    if (this.#byEnv) return sum([...this.#byEnv.values()]);
    return sum([...this.#byVm.values()].flatMap((rounds) => rounds.at(-1) ?? []));
  }

  #put(vms: readonly VmMetrics[], isThere: (vmId: string) => boolean = () => false): void {
    const measured = new Set(vms.map(({ vmId }) => vmId));
    for (const vmId of this.#byVm.keys()) if (!measured.has(vmId)) this.#byVm.delete(vmId);
    for (const metrics of vms) {
      if (isThere(metrics.vmId)) continue;
      const history = this.#byVm.get(metrics.vmId);
      if (history) {
        if (history.length === METRICS_RETAINED) history.shift();
        history.push(metrics);
      } else {
        this.#byVm.set(metrics.vmId, [metrics]);
      }
    }
    this.rounds++;
  }

  #look(vmId: string): () => void {
    const looks = this.#looks.get(vmId) ?? 0;
    this.#looks.set(vmId, looks + 1);
    if (looks === 0) this.onLook();
    return () => {
      const left = (this.#looks.get(vmId) ?? 1) - 1;
      if (left > 0) this.#looks.set(vmId, left);
      else this.#looks.delete(vmId);
    };
  }

  #now(vmId: string): VmMetrics | undefined {
    return this.rounds > 0 ? this.#byVm.get(vmId)?.at(-1) : undefined;
  }
}

function sum(measured: readonly MetricsSum[]): MetricsSum | null {
  if (measured.length === 0) return null;
  return {
    cpuPercent: measured.reduce((total, { cpuPercent }) => total + cpuPercent, 0),
    memoryBytes: measured.reduce((total, { memoryBytes }) => total + memoryBytes, 0),
  };
}
