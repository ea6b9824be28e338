// The "process table" of a fake host: machines by pid, and by VM, so that one of two thousand is found without looking at the
// others. Give the same one to two engines and the second finds what the first started.
import type { PortForward } from '../interface.ts';
import type { FakeMachine } from './fake-machine.ts';

export class FakeHost extends Map<number, FakeMachine> {
  /** Those whose memory is not saved yet; one that stands aside is not in the table any more. */
  readonly held = new Map<number, FakeMachine>();
  /** Tests turn it off, for an engine that can't (`LiveSave.hold`). */
  canHold = true;
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

  /** Does any of its VMs listen there? Fakes open no port of the real host. */
  isPortTaken(forward: PortForward): boolean {
    return [...this.values()].some(({ forwards }) =>
      [...forwards.values()].flat().some((other) => isSameHostPort(other, forward)),
    );
  }
}

/** What a host can listen on only once. */
export function isSameHostPort(one: PortForward, other: PortForward): boolean {
  return one.protocol === other.protocol && one.hostAddress === other.hostAddress && one.hostPort === other.hostPort;
}
