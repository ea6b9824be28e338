// Which ENVs are idle: nobody looks at their machines, nothing runs in them that somebody asked for, and they hardly use the processor,
// for ten minutes. Looked at every few seconds, so that the measures of a second draw nothing anew.
import { action, makeObservable, observable } from 'mobx';
import type { OperationStore } from '../activity/operation-store.ts';
import type { VmStore } from '../machines/vm-store.ts';
import type { MetricsStore } from '../metrics/metrics-store.ts';
import type { RunStore } from '../runs/run-store.ts';
import type { EnvStore } from './env-store.ts';

export const IDLE_AFTER_MS = 600_000;
/** Of one processor, all machines of the ENV together: what a guest uses that only waits. */
export const IDLE_CPU_PERCENT = 5;
const LOOK_EVERY_MS = 10_000;

export interface IdleSources {
  envs: Pick<EnvStore, 'all'>;
  vms: Pick<VmStore, 'ofEnv'>;
  metrics: Pick<MetricsStore, 'sumOfEnv'>;
  runs: Pick<RunStore, 'ofEnv'>;
  operations: Pick<OperationStore, 'runningFor'>;
}

export class IdleStore {
  readonly #idle = observable.set<string>();
  /** When each was last seen doing something; one that was not seen before does now. */
  readonly #busyAt = new Map<string, number>();
  readonly #sources: IdleSources;

  constructor(sources: IdleSources) {
    this.#sources = sources;
    makeObservable(this, { look: action });
  }

  isIdle(envName: string): boolean {
    return this.#idle.has(envName);
  }

  look(now = Date.now()): void {
    const { envs } = this.#sources;
    const names = new Set(envs.all.map(({ name }) => name));
    for (const name of this.#busyAt.keys()) if (!names.has(name)) this.#busyAt.delete(name);
    for (const name of this.#idle) if (!names.has(name)) this.#idle.delete(name);
    for (const name of names) {
      if (this.#isBusy(name) || !this.#busyAt.has(name)) this.#busyAt.set(name, now);
      const isIdle = now - (this.#busyAt.get(name) ?? now) >= IDLE_AFTER_MS;
      if (isIdle === this.#idle.has(name)) continue;
      if (isIdle) this.#idle.add(name);
      else this.#idle.delete(name);
    }
  }

  start(): () => void {
    const timer = setInterval(() => this.look(), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }

  /** One that does not run is no waste; one that was not measured is not known to be idle. */
  #isBusy(envName: string): boolean {
    const { vms, metrics, runs, operations } = this.#sources;
    const running = vms.ofEnv(envName).filter(({ state }) => state === 'running');
    const sum = metrics.sumOfEnv(envName, () => running.map(({ id }) => id));
    return (
      running.length === 0 ||
      sum === null ||
      sum.cpuPercent >= IDLE_CPU_PERCENT ||
      running.some(({ viewers }) => viewers > 0) ||
      runs.ofEnv(envName).some(({ state }) => state === 'running') ||
      operations.runningFor({ envName }).length > 0
    );
  }
}
