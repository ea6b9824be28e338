// Memory of VMs that are about to run but are not written down as running yet. Without it two callers at once would both
// be promised the last free memory.
import type { VmRecord } from '../state/records.ts';
import { admit, type Promised, promisedTo } from './admission.ts';
import type { Services } from './services.ts';

export class MemoryClaims {
  readonly #vmIds = new Set<string>();

  has(vmId: string): boolean {
    return this.#vmIds.has(vmId);
  }

  /** Claims while `work` runs. */
  async hold<Result>(vmIds: readonly string[], work: () => Promise<Result>): Promise<Result> {
    for (const vmId of vmIds) this.#vmIds.add(vmId);
    try {
      return await work();
    } finally {
      for (const vmId of vmIds) this.#vmIds.delete(vmId);
    }
  }
}

/** What is promised to the VMs of this host, those that are just being started included. */
export function promisedNow({ inventory, claims }: Services): Promised {
  const vms = inventory.vms();
  return promisedTo(vms.map((vm) => (claims.has(vm.id) ? { ...vm, state: 'creating' } : vm)));
}

/** Runs `work`, which starts these halted VMs. Throws MEMORY_EXHAUSTED when they do not fit beside what runs. */
export function withMemoryFor<Result>(
  services: Services,
  halted: readonly VmRecord[],
  work: () => Promise<Result>,
): Promise<Result> {
  const memoryMiB = halted.reduce((sum, vm) => sum + vm.resources.memoryMiB, 0);
  const total = { memoryMiB: services.limits.memoryTotalMiB, diskMiB: services.limits.diskTotalMiB };
  admit(total, promisedNow(services), { memoryMiB, diskMiB: 0 });
  return services.claims.hold(
    halted.map((vm) => vm.id),
    work,
  );
}
