// Disks and CD drives of machines, and what a person does to them. The dialog shows how each ends.
import type { CdName, DriveLimits, OperationKind, PlainSpec, TtClient, Vm } from '@tt/protocol';
import type { OperationStore, Outcome } from '../activity/operation-store.ts';
import type { Bridge } from '../bridge.ts';
import { shortVmName } from '../state/vm-name.ts';

interface Target {
  vmId: string;
  operationId: string;
}

/** Runs one change after the other, and tells whether it was done. */
export type RunChange = (change: () => Promise<Outcome<Vm>>) => Promise<boolean>;

export class DriveStore {
  readonly #bridge: Bridge;
  readonly #operations: OperationStore;

  constructor(bridge: Bridge, operations: OperationStore) {
    this.#bridge = bridge;
    this.#operations = operations;
  }

  add(vm: Vm, sizeMiB: number): Promise<Outcome<Vm>> {
    return this.#run('disk.add', vm, (client, target) => client.disk.add({ ...target, sizeMiB }));
  }

  attach(vm: Vm, name: string): Promise<Outcome<Vm>> {
    return this.#run('disk.attach', vm, (client, target) => client.disk.attach({ ...target, name }));
  }

  detach(vm: Vm, name: string): Promise<Outcome<Vm>> {
    return this.#run('disk.detach', vm, (client, target) => client.disk.detach({ ...target, name }));
  }

  remove(vm: Vm, name: string): Promise<Outcome<Vm>> {
    return this.#run('disk.remove', vm, (client, target) => client.disk.remove({ ...target, name }));
  }

  grow(vm: Vm, name: string, sizeMiB: number): Promise<Outcome<Vm>> {
    return this.#run('disk.grow', vm, (client, target) => client.disk.grow({ ...target, name, sizeMiB }));
  }

  limit(vm: Vm, name: string, limits: DriveLimits | null): Promise<Outcome<Vm>> {
    return this.#run('disk.limit', vm, (client, target) => client.disk.limit({ ...target, name, limits }));
  }

  insert(vm: Vm, name: CdName, medium: string): Promise<Outcome<Vm>> {
    return this.#run('cd.insert', vm, (client, target) => client.cd.insert({ ...target, name, medium }));
  }

  eject(vm: Vm, name: CdName): Promise<Outcome<Vm>> {
    return this.#run('cd.eject', vm, (client, target) => client.cd.eject({ ...target, name }));
  }

  /** Firmware, boot order and the like; most of them need the machine stopped. */
  choose(vm: Vm, change: Partial<PlainSpec>): Promise<Outcome<Vm>> {
    return this.#run('vm.update', vm, (client, target) => client.vm.update({ ...target, ...change }));
  }

  #run(kind: OperationKind, vm: Vm, call: (client: TtClient, target: Target) => Promise<Vm>): Promise<Outcome<Vm>> {
    const subject = { vmId: vm.id, vmName: shortVmName(vm.name), envName: vm.envName };
    return this.#operations.run(kind, subject, (operationId) =>
      call(this.#bridge.client, { vmId: vm.id, operationId }),
    );
  }
}
