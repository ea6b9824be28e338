// The memory of running VMs with what they share counted once: the kernel walks all pages of a process for it, which is too much for
// every VM every second. So each round measures for a limited time, those first that were not measured for longest.
import type { MemoryUse } from '../host/memory-use.ts';
import type { ProcessIdentity } from '../host/process-identity.ts';
import type { SealedMemory } from '../state/vm-record.ts';
import type { MetricsClock } from './collector.ts';

const MIB = 1024 * 1024;
/** No further VM is measured in a round that has taken so long. */
const ROUND_MS = 100;
/** So many times as long as a round took, none follows: two percent of a processor, also where one VM alone takes long. */
const REST = 48;
/** A VM is measured no more often: what is shared changes slowly. */
const EVERY_MS = 15_000;

export interface MeasuredVm {
  vmId: string;
  process: ProcessIdentity;
  /** What it maps that is in the host's memory as a whole, whoever has touched how much of it. */
  sealedMemory?: SealedMemory | null;
}

export interface MemoryUsesOptions {
  /** The VMs that run. */
  vms: () => readonly MeasuredVm[];
  /** Null if it can't be said. */
  read: (process: ProcessIdentity) => Promise<MemoryUse | null>;
  clock: Pick<MetricsClock, 'monotonicMs'>;
}

interface Measured {
  process: ProcessIdentity;
  atMs: number;
  use: MemoryUse | null;
}

export class MemoryUses {
  readonly #options: MemoryUsesOptions;
  /** By VM; the one that was measured longest ago comes first. */
  readonly #measured = new Map<string, Measured>();
  #restsUntilMs = Number.NEGATIVE_INFINITY;

  constructor(options: MemoryUsesOptions) {
    this.#options = options;
  }

  /** One round: at least one VM is measured if one is due, so that all have their turn however slow it is. None after a long one. */
  async look(): Promise<void> {
    const { vms, read, clock } = this.#options;
    const running = new Map(vms().map((vm) => [vm.vmId, vm.process]));
    for (const [vmId, { process }] of this.#measured) {
      if (!isSame(running.get(vmId), process)) this.#measured.delete(vmId);
    }
    const fresh = [...running.keys()].filter((vmId) => !this.#measured.has(vmId));
    const begunMs = clock.monotonicMs();
    if (begunMs < this.#restsUntilMs) return;
    for (const vmId of [...fresh, ...this.#measured.keys()]) {
      const [before, process] = [this.#measured.get(vmId), running.get(vmId)];
      if (!process || (before && begunMs - before.atMs < EVERY_MS)) continue;
      const use = await read(process);
      // At the end of the map: its turn is last now.
      this.#measured.delete(vmId);
      this.#measured.set(vmId, { process, atMs: clock.monotonicMs(), use });
      if (clock.monotonicMs() - begunMs >= ROUND_MS) break;
    }
    const endedMs = clock.monotonicMs();
    this.#restsUntilMs = endedMs + REST * (endedMs - begunMs);
  }

  /** Bytes, as they were measured last; null if not yet, or if the host does not say. */
  of(vmId: string, process: ProcessIdentity): number | null {
    const measured = this.#measured.get(vmId);
    return measured && isSame(process, measured.process) ? (measured.use?.proportionalBytes ?? null) : null;
  }

  /**
   * What all running VMs use together; null until each was measured, or if the host does not say it of one. Memory that some of them began
   * in is there whole, so it counts once in place of their parts of it.
   */
  total(): number | null {
    let sum = 0;
    const sealed = new Map<string, number>();
    for (const { vmId, process, sealedMemory } of this.#options.vms()) {
      const bytes = this.of(vmId, process);
      if (bytes === null) return null;
      sum += bytes;
      if (!sealedMemory) continue;
      sum -= this.#measured.get(vmId)?.use?.proportionalShmemBytes ?? 0;
      sealed.set(sealedMemory.id, sealedMemory.memoryMiB * MIB);
    }
    for (const bytes of sealed.values()) sum += bytes;
    return sum;
  }
}

function isSame(one: ProcessIdentity | undefined, other: ProcessIdentity): boolean {
  return one?.pid === other.pid && one.startTicks === other.startTicks;
}
