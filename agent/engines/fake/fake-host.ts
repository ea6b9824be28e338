// The "process table" of a fake host: machines by pid, and by VM, so that one of two thousand is found without looking at the
// others. Give the same one to two engines and the second finds what the first started.
import type { FakeMachine } from './fake-machine.ts';

export class FakeHost extends Map<number, FakeMachine> {
  readonly #byVm = new Map<string, FakeMachine>();

  /** The last one started of a VM: while its process is replaced there are two. */
  ofVm(vmId: string): FakeMachine | undefined {
    return this.#byVm.get(vmId);
  }

  override set(pid: number, machine: FakeMachine): this {
    this.#byVm.set(machine.spec.id, machine);
    return super.set(pid, machine);
  }

  override delete(pid: number): boolean {
    const machine = this.get(pid);
    if (machine && this.#byVm.get(machine.spec.id) === machine) this.#byVm.delete(machine.spec.id);
    return super.delete(pid);
  }
}
