// All VMs by id and by ENV, so that a change to an ENV of two thousand VMs does not search through all VMs.
import type { VmRecord } from '../state/vm-record.ts';

export class VmIndex {
  readonly #byId = new Map<string, VmRecord>();
  readonly #byEnv = new Map<string, Map<string, VmRecord>>();

  get(id: string): VmRecord | undefined {
    return this.#byId.get(id);
  }

  /** Oldest first. */
  list(): VmRecord[] {
    return [...this.#byId.values()];
  }

  /** VMs of one ENV, oldest first. */
  of(envName: string): VmRecord[] {
    return [...(this.#byEnv.get(envName)?.values() ?? [])];
  }

  put(vm: VmRecord): void {
    this.#byId.set(vm.id, vm);
    const siblings = this.#byEnv.get(vm.envName) ?? new Map<string, VmRecord>();
    siblings.set(vm.id, vm);
    this.#byEnv.set(vm.envName, siblings);
  }

  delete(id: string): void {
    const vm = this.#byId.get(id);
    if (!vm) return;
    this.#byId.delete(id);
    const siblings = this.#byEnv.get(vm.envName);
    siblings?.delete(id);
    if (siblings?.size === 0) this.#byEnv.delete(vm.envName);
  }
}
