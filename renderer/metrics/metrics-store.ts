// What the running VMs use right now, once a second from the feed: the last minute of each. Only meters look here, so that a
// second's figures draw nothing else anew.
import type { Figures, VmFigures } from '@tt/protocol';
import { action, makeObservable, observable } from 'mobx';

/** One for each second: a minute is kept. */
export const FIGURES_KEPT = 60;

/** What several VMs use together. */
export interface FiguresSum {
  /** Of one processor: 200 is two busy ones. */
  cpuPercent: number;
  memoryBytes: number;
}

export class FiguresStore {
  readonly #byVm = observable.map<string, readonly VmFigures[]>({}, { deep: false });

  constructor() {
    makeObservable(this, { apply: action, forget: action });
  }

  /** Takes one second's figures. A VM that is not in them has stopped: nothing is known of it any more. */
  apply({ vms }: Figures): void {
    const measured = new Set(vms.map(({ vmId }) => vmId));
    for (const vmId of this.#byVm.keys()) if (!measured.has(vmId)) this.#byVm.delete(vmId);
    for (const figures of vms) {
      const before = this.#byVm.get(figures.vmId) ?? [];
      this.#byVm.set(figures.vmId, [...before.slice(1 - FIGURES_KEPT), figures]);
    }
  }

  /** The link is down: what was measured before is not what is used now. */
  forget(): void {
    this.#byVm.clear();
  }

  /** The last figures of a VM; undefined when it does not run or nothing was measured yet. */
  of(vmId: string): VmFigures | undefined {
    return this.#byVm.get(vmId)?.at(-1);
  }

  /** The figures of the last minute, oldest first. */
  historyOf(vmId: string): readonly VmFigures[] {
    return this.#byVm.get(vmId) ?? [];
  }

  /** What these VMs use together; null when nothing of them was measured. */
  sumOf(vmIds: readonly string[]): FiguresSum | null {
    const measured = vmIds.flatMap((vmId) => this.of(vmId) ?? []);
    if (measured.length === 0) return null;
    return {
      cpuPercent: measured.reduce((sum, { cpuPercent }) => sum + cpuPercent, 0),
      memoryBytes: measured.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0),
    };
  }
}
