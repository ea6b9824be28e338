// The last minute of every running VM, each second one value, for whoever begins to look at it: a window is told each second only of those in
// sight. Rings of plain numbers: 3 KB a VM, where objects would take ten times as much.
import { MINUTE_ROUNDS, type VmMetrics, type VmMinute } from '@tt/protocol';

const columns = [
  'cpuPercent',
  'memoryBytes',
  'diskReadBytesPerS',
  'diskWrittenBytesPerS',
  'networkReceivedBytesPerS',
  'networkSentBytesPerS',
] as const;

interface Ring {
  /** Round by round, all columns of each; NaN: not provided. */
  values: Float64Array;
  /** Rounds that were put in, ever. */
  count: number;
}

export class LastMinute {
  readonly #rings = new Map<string, Ring>();

  /** One round. A VM that is not in it has stopped, and what it used before is forgotten. */
  add(vms: readonly VmMetrics[]): void {
    const measured = new Set(vms.map(({ vmId }) => vmId));
    for (const vmId of this.#rings.keys()) if (!measured.has(vmId)) this.#rings.delete(vmId);
    for (const metrics of vms) {
      const ring = this.#rings.get(metrics.vmId) ?? newRing();
      this.#rings.set(metrics.vmId, ring);
      const start = (ring.count++ % MINUTE_ROUNDS) * columns.length;
      for (const [index, column] of columns.entries()) ring.values[start + index] = metrics[column] ?? Number.NaN;
    }
  }

  /** Oldest first; undefined if it was not measured in the last round. */
  of(vmId: string): VmMinute | undefined {
    const ring = this.#rings.get(vmId);
    if (!ring) return undefined;
    const rounds = Math.min(ring.count, MINUTE_ROUNDS);
    const valuesOf = (index: number): (number | null)[] =>
      Array.from({ length: rounds }, (_, round) => {
        const place = (ring.count - rounds + round) % MINUTE_ROUNDS;
        const value = ring.values[place * columns.length + index] ?? Number.NaN;
        return Number.isNaN(value) ? null : value;
      });
    const read = Object.fromEntries(columns.map((column, index) => [column, valuesOf(index)]));
    return { vmId, ...read } as VmMinute;
  }
}

function newRing(): Ring {
  return { values: new Float64Array(MINUTE_ROUNDS * columns.length), count: 0 };
}
