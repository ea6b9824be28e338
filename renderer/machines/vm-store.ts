// VMs and what a person does to one: start, pause, resume, stop, reset, delete.
import { type OperationKind, type Vm, type VmState, vmTransitions } from '@tt/protocol';
import { compareShallow, makeObservable } from 'mobx';
import type { Bridge } from '../bridge.ts';
import { translate } from '../i18n/index.ts';
import { Collection } from '../state/collection.ts';
import { computedByKey } from '../state/computed-by-key.ts';
import { asTtError, type OperationStore } from '../activity/operation-store.ts';
import { naturalOrder } from '../state/natural-order.ts';
import type { ToastStore } from '../state/toast-store.ts';
import { shortVmName } from '../state/vm-name.ts';

export class VmStore {
  readonly items = new Collection<Vm>(
    (vm) => vm.id,
    (vm) => vm.envName,
  );
  readonly #bridge: Bridge;
  readonly #operations: OperationStore;
  readonly #toasts: ToastStore;

  constructor(bridge: Bridge, operations: OperationStore, toasts: ToastStore) {
    this.#bridge = bridge;
    this.#operations = operations;
    this.#toasts = toasts;
    makeObservable(this, {});
  }

  get(vmId: string): Vm | undefined {
    return this.items.get(vmId);
  }

  /** The VMs of one ENV in the order of their names (…-2 before …-10). */
  readonly ofEnv = computedByKey((envName: string): Vm[] =>
    this.idsOfEnv(envName).flatMap((id) => this.items.get(id) ?? []),
  );

  /** The states that its machines are in, each once: the same array until it has others. For who says what can be done to all of them. */
  readonly statesOfEnv = computedByKey(
    (envName: string): VmState[] => [...new Set(this.items.inGroup(envName).map(({ state }) => state))].toSorted(),
    compareShallow,
  );

  /** The images of its machines, in their order: the same array until a machine comes or goes. */
  readonly imagesOfEnv = computedByKey(
    (envName: string): string[] => this.idsOfEnv(envName).flatMap((id) => this.items.get(id)?.image ?? []),
    compareShallow,
  );

  /** Their ids in the same order; the same array until a machine comes, goes or gets another name: only then are they sorted. */
  readonly idsOfEnv = computedByKey(
    (envName: string): string[] => this.namedOfEnv(envName).map(({ id }) => id),
    compareShallow,
  );

  /** The same with their names, for who shows no more of them. */
  readonly namedOfEnv = computedByKey((envName: string): Pick<Vm, 'id' | 'name'>[] =>
    this.#namesOfEnv(envName).toSorted((a, b) => naturalOrder(a.name, b.name)),
  );

  readonly #namesOfEnv = computedByKey(
    (envName: string): Pick<Vm, 'id' | 'name'>[] => this.items.inGroup(envName).map(({ id, name }) => ({ id, name })),
    // With each change of one of a thousand machines: comparing whatever is in them takes ten times as long.
    (before, now) => before.length === now.length && before.every((vm, at) => isNamedAlike(vm, now[at])),
  );

  async startVm(vmId: string): Promise<void> {
    if (this.#isUnderway('vm.start', vmId)) return;
    await this.#operations.runAloud('vm.start', this.#subject(vmId), (operationId) =>
      this.#bridge.client.vm.start({ vmId, operationId }),
    );
  }

  /** Gives it other ports of the host in place of those it has, then starts it. */
  async startOnOtherPorts(vmId: string): Promise<void> {
    const outcome = await this.#operations.runAloud('vm.update', this.#subject(vmId), (operationId) =>
      this.#bridge.client.vm.update({ vmId, operationId, newHostPorts: true }),
    );
    if (outcome.ok) await this.startVm(vmId);
  }

  async pauseVm(vmId: string): Promise<boolean> {
    if (this.#isUnderway('vm.pause', vmId)) return false;
    const outcome = await this.#operations.runAloud('vm.pause', this.#subject(vmId), (operationId) =>
      this.#bridge.client.vm.pause({ vmId, operationId }),
    );
    return outcome.ok;
  }

  async resumeVm(vmId: string): Promise<boolean> {
    if (this.#isUnderway('vm.resume', vmId)) return false;
    const outcome = await this.#operations.runAloud('vm.resume', this.#subject(vmId), (operationId) =>
      this.#bridge.client.vm.resume({ vmId, operationId }),
    );
    return outcome.ok;
  }

  /** Several machines of one ENV, as one operation. */
  async startVms(envName: string, vmIds: readonly string[]): Promise<void> {
    await this.#operations.runAloud('env.start', { envName }, (operationId) =>
      this.#bridge.client.env.start({ name: envName, vmIds: [...vmIds], operationId }),
    );
  }

  async stopVms(envName: string, vmIds: readonly string[]): Promise<void> {
    await this.#operations.runAloud('env.stop', { envName }, (operationId) =>
      this.#bridge.client.env.stop({ name: envName, vmIds: [...vmIds], operationId }),
    );
  }

  /** One after the other, as an ENV is changed by one operation at a time; ends with the first that fails, which says so itself. */
  async pauseVms(vmIds: readonly string[]): Promise<void> {
    for (const vmId of vmIds) if (!(await this.pauseVm(vmId))) return;
  }

  async resumeVms(vmIds: readonly string[]): Promise<void> {
    for (const vmId of vmIds) if (!(await this.resumeVm(vmId))) return;
  }

  async stopVm(vmId: string): Promise<void> {
    if (this.#isUnderway('vm.stop', vmId)) return;
    await this.#operations.runAloud('vm.stop', this.#subject(vmId), (operationId) =>
      this.#bridge.client.vm.stop({ vmId, operationId }),
    );
  }

  /** Lets only this user type there; null: everybody who may. */
  async giveKeyboard(vmId: string, userName: string | null): Promise<void> {
    try {
      await this.#bridge.client.console.giveKeyboard({ vmId, userName });
    } catch (error) {
      const vm = shortVmName(this.get(vmId)?.name ?? vmId);
      this.#toasts.fail(translate('consoles.keyboardFailed', { vm }), asTtError(error));
    }
  }

  async deleteVm(vmId: string): Promise<void> {
    await this.#operations.runAloud('vm.delete', this.#subject(vmId), (operationId) =>
      this.#bridge.client.vm.delete({ vmId, operationId }),
    );
  }

  async resetVm(vmId: string): Promise<void> {
    if (this.#isUnderway('vm.reset', vmId)) return;
    const vm = shortVmName(this.get(vmId)?.name ?? vmId);
    const outcome = await this.#operations.run('vm.reset', this.#subject(vmId), (operationId) =>
      this.#bridge.client.vm.reset({ vmId, operationId }),
    );
    if (outcome.ok) this.#toasts.say(translate('envs.resetDone', { vm }));
    else this.#toasts.fail(translate('envs.resetFailed', { vm }), outcome.error);
  }

  /** Asked for again, as by a double click: it is being done, and would only be refused. */
  #isUnderway(kind: OperationKind, vmId: string): boolean {
    return this.#operations.runningFor({ vmId }).some((operation) => operation.kind === kind);
  }

  #subject(vmId: string): { vmId: string; vmName: string; envName?: string } {
    const vm = this.get(vmId);
    return vm ? { vmId, vmName: shortVmName(vm.name), envName: vm.envName } : { vmId, vmName: vmId };
  }
}

function isNamedAlike(one: Pick<Vm, 'id' | 'name'>, other: Pick<Vm, 'id' | 'name'> | undefined): boolean {
  return one.id === other?.id && one.name === other.name;
}

/** What may be asked of a VM in this state. */
export function canStart(state: VmState): boolean {
  return state === 'stopped' || (state === 'failed' && vmTransitions.failed.includes('running'));
}

export function canStop(state: VmState): boolean {
  return state === 'running' || state === 'paused' || state === 'unknown';
}
