// VMs that are about to run: without their claims two callers at once would both be promised the last free memory.
import type { VmRecord } from '../../state/records.ts';

type Size = Pick<VmRecord['resources'], 'cpuCount' | 'memoryMiB'>;

export class StartClaims {
  readonly #claims = new Map<string, Size | null>();

  has(vmId: string): boolean {
    return this.#claims.has(vmId);
  }

  /** What a VM will have, where that is not what its record says. */
  sizeOf(vmId: string): Size | null {
    return this.#claims.get(vmId) ?? null;
  }

  /** Claims while `work` runs; `sizes` of VMs that will have others than now. */
  async hold<Result>(
    vmIds: readonly string[],
    work: () => Promise<Result>,
    sizes: ReadonlyMap<string, Size> = new Map(),
  ): Promise<Result> {
    for (const vmId of vmIds) this.#claims.set(vmId, sizes.get(vmId) ?? null);
    try {
      return await work();
    } finally {
      for (const vmId of vmIds) this.#claims.delete(vmId);
    }
  }
}
