// Reservations for VMs that are about to run. Without them two concurrent callers could both be allocated the last free memory.
import type { MachineSpec } from '@tt/protocol';

type Size = Pick<MachineSpec, 'cpuCount' | 'memoryMiB'>;

/** What is allocated beside the VMs of ENVs, and to whom. */
export interface Beside extends Size {
  /** null: to the host itself. */
  owner: string | null;
  diskMiB: number;
}

export class StartReservations {
  readonly #beside = new Set<Beside>();
  readonly #reservations = new Map<string, Size | null>();

  has(vmId: string): boolean {
    return this.#reservations.has(vmId);
  }

  /** What a VM will have, if that differs from its record. */
  sizeOf(vmId: string): Size | null {
    return this.#reservations.get(vmId) ?? null;
  }

  /** For a VM that is in no ENV, until the returned function is called. */
  addBeside(allocated: Beside): () => void {
    this.#beside.add(allocated);
    return () => void this.#beside.delete(allocated);
  }

  beside(): Beside[] {
    return [...this.#beside];
  }

  /** Reserved while `work` runs; `sizes` of VMs that will have others than now. */
  async hold<Result>(
    vmIds: readonly string[],
    work: () => Promise<Result>,
    sizes: ReadonlyMap<string, Size> = new Map(),
  ): Promise<Result> {
    for (const vmId of vmIds) this.#reservations.set(vmId, sizes.get(vmId) ?? null);
    try {
      return await work();
    } finally {
      for (const vmId of vmIds) this.#reservations.delete(vmId);
    }
  }
}
