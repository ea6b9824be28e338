// Changing which machines an ENV has and how large they are: add, change, take out. What needs a stop can be done as one
// flow: stop, change, start again.
import type { EnvDetail, RemovedVm, TtClient, TtError, Vm, VmGroup } from '@tt/protocol';
import type { OperationStore, Outcome } from '../activity/operation-store.ts';
import type { Bridge } from '../bridge.ts';
import type { SnapshotStore } from '../snapshots/snapshot-store.ts';
import { shortVmName } from '../state/vm-name.ts';
import { canStop, type VmStore } from './vm-store.ts';

export type VmChange = Omit<Parameters<TtClient['vm']['update']>[0], 'vmId' | 'operationId'>;
export type RemoveVmsRequest = Omit<Parameters<TtClient['env']['removeVms']>[0], 'name' | 'operationId' | 'dryRun'>;

/** How a change of several machines ended: with an error, `changed` of them had been changed before it. */
export type ChangeOutcome = { ok: true } | { ok: false; error: TtError; changed: number };

export class MachineChanges {
  readonly #bridge: Bridge;
  readonly #operations: OperationStore;
  readonly #vms: VmStore;
  readonly #snapshots: SnapshotStore;

  constructor(bridge: Bridge, operations: OperationStore, vms: VmStore, snapshots: SnapshotStore) {
    this.#bridge = bridge;
    this.#operations = operations;
    this.#vms = vms;
    this.#snapshots = snapshots;
  }

  /** Adds machines, all or nothing; the caller shows a failure. */
  add(envName: string, wanted: { groups: VmGroup[]; cold?: true }): Promise<Outcome<EnvDetail>> {
    return this.#operations.run('env.addVms', { envName }, (operationId) =>
      this.#bridge.client.env.addVms({ ...wanted, name: envName, operationId }),
    );
  }

  /** Which machines `removeVms` would take out. Nothing changes, so it is no operation to be shown. */
  async preview(envName: string, request: RemoveVmsRequest): Promise<RemovedVm[]> {
    const { removed } = await this.#bridge.client.env.removeVms({ ...request, name: envName, dryRun: true });
    return removed;
  }

  async removeVms(envName: string, vmIds: string[]): Promise<Outcome<{ removed: RemovedVm[] }>> {
    this.#snapshots.forgetUndo(envName);
    return this.#operations.runAloud('env.removeVms', { envName }, (operationId) =>
      this.#bridge.client.env.removeVms({ name: envName, operationId, vmIds }),
    );
  }

  /** Changes these machines: all of the ENV in one call (all or nothing), else one after the other. */
  async change(envName: string, vmIds: readonly string[], change: VmChange): Promise<ChangeOutcome> {
    this.#snapshots.forgetUndo(envName);
    const all = this.#vms.ofEnv(envName).every(({ id }) => vmIds.includes(id));
    if (all) {
      const outcome = await this.#operations.run('env.update', { envName }, (operationId) =>
        this.#bridge.client.env.update({ name: envName, operationId, vms: change }),
      );
      return outcome.ok ? { ok: true } : { ok: false, error: outcome.error, changed: 0 };
    }
    for (const [changed, vmId] of vmIds.entries()) {
      const outcome = await this.#operations.run('vm.update', this.#subject(envName, vmId), (operationId) =>
        this.#bridge.client.vm.update({ ...change, vmId, operationId }),
      );
      if (!outcome.ok) return { ok: false, error: outcome.error, changed };
    }
    return { ok: true };
  }

  /**
   * Stops those of the machines that run, does the work, and starts them again, whether the work succeeded or not. Null when
   * a machine could not be stopped: that was said, and nothing was changed.
   */
  async whileStopped<Value>(
    envName: string,
    vmIds: readonly string[],
    work: () => Promise<Value>,
  ): Promise<Value | null> {
    const runs = this.#vms.ofEnv(envName).filter(({ id, state }) => vmIds.includes(id) && canStop(state));
    const stopped = await this.#stop(envName, runs);
    try {
      return stopped.length === runs.length ? await work() : null;
    } finally {
      await this.#start(envName, stopped);
    }
  }

  /** Those that were stopped. All of an ENV go in one call, which is as fast as the slowest guest. */
  async #stop(envName: string, runs: readonly Vm[]): Promise<readonly Vm[]> {
    if (this.#isAllThatRun(envName, runs)) {
      const outcome = await this.#operations.runAloud('env.stop', { envName }, (operationId) =>
        this.#bridge.client.env.stop({ name: envName, operationId }),
      );
      return outcome.ok ? runs : [];
    }
    const stopped: Vm[] = [];
    for (const vm of runs) {
      const { id: vmId } = vm;
      const outcome = await this.#operations.runAloud('vm.stop', this.#subject(envName, vmId), (operationId) =>
        this.#bridge.client.vm.stop({ vmId, operationId }),
      );
      if (!outcome.ok) break;
      stopped.push(vm);
    }
    return stopped;
  }

  async #start(envName: string, stopped: readonly Vm[]): Promise<void> {
    if (stopped.length > 1 && stopped.length === this.#vms.ofEnv(envName).length) {
      await this.#operations.runAloud('env.start', { envName }, (operationId) =>
        this.#bridge.client.env.start({ name: envName, operationId }),
      );
      return;
    }
    for (const { id: vmId } of stopped) {
      await this.#operations.runAloud('vm.start', this.#subject(envName, vmId), (operationId) =>
        this.#bridge.client.vm.start({ vmId, operationId }),
      );
    }
  }

  #isAllThatRun(envName: string, runs: readonly Vm[]): boolean {
    const running = this.#vms.ofEnv(envName).filter(({ state }) => canStop(state));
    return runs.length > 1 && running.length === runs.length;
  }

  #subject(envName: string, vmId: string) {
    return { vmId, vmName: shortVmName(this.#vms.get(vmId)?.name ?? vmId), envName };
  }
}
