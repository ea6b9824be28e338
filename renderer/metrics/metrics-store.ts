// What the running VMs use right now, once a second from the feed: the last minute of each. Only meters look here, so that a
// second's metrics draw nothing else anew.
import type { Metrics, VmMetrics } from '@tt/protocol';
import { action, compareShallow, makeObservable, observable } from 'mobx';
import { computedByKey } from '../state/computed-by-key.ts';

/** One for each second: a minute is kept. */
export const METRICS_RETAINED = 60;

/** What several VMs use together. */
export interface MetricsSum {
  /** Of one processor: 200 is two busy ones. */
  cpuPercent: number;
  memoryBytes: number;
}

export class MetricsStore {
  /** Oldest first. Not observable each: there may be thousands that nobody looks at. */
  readonly #byVm = new Map<string, VmMetrics[]>();
  /** Of how many rounds was heard: what is observed is looked at anew with each. */
  rounds = 0;

  constructor() {
    makeObservable(this, { rounds: observable, apply: action, forget: action });
  }

  /** Takes one second's metrics. A VM that is not in them has stopped: nothing is known of it any more. */
  apply({ vms }: Metrics): void {
    const measured = new Set(vms.map(({ vmId }) => vmId));
    for (const vmId of this.#byVm.keys()) if (!measured.has(vmId)) this.#byVm.delete(vmId);
    for (const metrics of vms) {
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

  /** The link is down: what was measured before is not what is used now. */
  forget(): void {
    this.#byVm.clear();
    this.rounds++;
  }

  /** The last metrics of a VM; undefined when it does not run or nothing was measured yet. */
  readonly of = computedByKey((vmId: string): VmMetrics | undefined => this.#now(vmId));

  /** The metrics of the last minute, oldest first. */
  readonly historyOf = computedByKey((vmId: string): readonly VmMetrics[] => {
    void this.rounds;
    return [...(this.#byVm.get(vmId) ?? [])];
  }, compareShallow);

  /** What these VMs use together; null when nothing of them was measured. */
  sumOf(vmIds: readonly string[]): MetricsSum | null {
    const measured = vmIds.flatMap((vmId) => this.#now(vmId) ?? []);
    if (measured.length === 0) return null;
    return {
      cpuPercent: measured.reduce((sum, { cpuPercent }) => sum + cpuPercent, 0),
      memoryBytes: measured.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0),
    };
  }

  #now(vmId: string): VmMetrics | undefined {
    return this.rounds > 0 ? this.#byVm.get(vmId)?.at(-1) : undefined;
  }
}
