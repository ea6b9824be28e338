// The agent's records: every change to an ENV, VM or snapshot goes through here, and is stored and published to followers in one
// step. Readers get plain objects in the form of the contract.
import { type Env, nearMatches, type Presence, TtError, type Vm, vmTransitions } from '@tt/protocol';
import { ownersOf } from '../access/owners.ts';
import type { EventLog } from '../events/event-log.ts';
import { type EnvRecord, readSnapshot, type SnapshotRecord } from '../state/records.ts';
import { changedVm, readVmRecord, type VmRecord, type VmRecordChange } from '../state/vm-record.ts';
import type { StateStore } from '../state/store.ts';
import { envState, envView, type Looking, NOBODY, vmView } from './views.ts';
import { VmIndex } from './vm-index.ts';

/** All ENVs, VMs and snapshots at one instant, and what readers get of them. */
export interface Still {
  envs: readonly EnvRecord[];
  vms: readonly VmRecord[];
  snapshots: readonly SnapshotRecord[];
  envView: (env: EnvRecord) => Env;
  vmView: (vm: VmRecord) => Vm;
}

export class Inventory {
  readonly #store: StateStore;
  readonly #log: EventLog;
  readonly #hostId: string;
  readonly #envs = new Map<string, EnvRecord>();
  readonly #vms = new VmIndex();
  readonly #snapshots = new Map<string, SnapshotRecord>();
  readonly #viewers = new Map<string, number>();
  /** Who they are, where somebody is there. */
  readonly #presences = new Map<string, Presence>();
  /** By ENV: the id of its current snapshot, as stored. */
  readonly #positions = new Map<string, string | null>();

  constructor(store: StateStore, log: EventLog, hostId: string) {
    this.#store = store;
    this.#log = log;
    this.#hostId = hostId;
    for (const env of store.envs.list()) this.#envs.set(env.name, env);
    for (const vm of store.vms.list()) this.#vms.put(readVmRecord(vm));
    for (const snapshot of store.snapshots.list()) this.#snapshots.set(snapshot.id, readSnapshot(snapshot));
    for (const { envName, snapshotId } of store.positions.list()) this.#positions.set(envName, snapshotId);
  }

  envs(): EnvRecord[] {
    return [...this.#envs.values()];
  }

  vms(): VmRecord[] {
    return this.#vms.list();
  }

  snapshots(): SnapshotRecord[] {
    return [...this.#snapshots.values()];
  }

  hasEnv(name: string): boolean {
    return this.#envs.has(name);
  }

  /** Throws ENV_NOT_FOUND with near matches. */
  env(name: string): EnvRecord {
    const found = this.#envs.get(name);
    if (!found)
      throw new TtError('ENV_NOT_FOUND', { envName: name, suggestions: nearMatches(name, [...this.#envs.keys()]) });
    return found;
  }

  /** The accounts it belongs to (`ownersOf`); null if there is none. */
  ownersOf(name: string): string[] | null {
    const env = this.#envs.get(name);
    return env ? ownersOf(env) : null;
  }

  /** Throws VM_NOT_FOUND. */
  vm(id: string): VmRecord {
    const found = this.#vms.get(id);
    if (!found) throw new TtError('VM_NOT_FOUND', { vmId: id });
    return found;
  }

  /** null if there is none. */
  findVm(id: string): VmRecord | null {
    return this.#vms.get(id) ?? null;
  }

  hasVm(id: string): boolean {
    return this.#vms.get(id) !== undefined;
  }

  vmsOf(envName: string): VmRecord[] {
    return this.#vms.of(envName);
  }

  snapshotsOf(envName: string): SnapshotRecord[] {
    return this.snapshots().filter((snapshot) => snapshot.envName === envName);
  }

  /** Throws SNAPSHOT_NOT_FOUND with near matches. */
  snapshot(envName: string, name: string): SnapshotRecord {
    const all = this.snapshotsOf(envName);
    const found = all.find((snapshot) => snapshot.name === name);
    if (found) return found;
    const suggestions = nearMatches(
      name,
      all.map((snapshot) => snapshot.name),
    );
    throw new TtError('SNAPSHOT_NOT_FOUND', { envName, snapshotName: name, suggestions });
  }

  envView(env: EnvRecord): Env {
    return envView(env, this.vmsOf(env.name), this.positionOf(env.name));
  }

  vmView(vm: VmRecord): Vm {
    return vmView(vm, this.#hostId, this.#lookingAt(vm.id));
  }

  /** Everything as it is now; later changes do not change it. */
  still(): Still {
    const [envs, vms, snapshots] = [this.envs(), this.vms(), this.snapshots()];
    const looking = new Map(vms.map(({ id }) => [id, this.#lookingAt(id)]));
    const vmsOf = Map.groupBy(vms, (vm) => vm.envName);
    const positions = new Map(envs.map(({ name }) => [name, this.positionOf(name)]));
    return {
      envs,
      vms,
      snapshots,
      envView: (env) => envView(env, vmsOf.get(env.name) ?? [], positions.get(env.name) ?? null),
      vmView: (vm) => vmView(vm, this.#hostId, looking.get(vm.id) ?? NOBODY),
    };
  }

  putEnv(env: EnvRecord): void {
    const isNew = !this.#envs.has(env.name);
    this.#store.envs.put(env.name, env);
    this.#envs.set(env.name, env);
    this.#log.publish(isNew ? 'env.created' : 'env.updated', this.envView(env), ownersOf(env));
  }

  deleteEnv(name: string): void {
    if (!this.#envs.has(name)) return;
    this.#store.transaction(() => {
      this.#store.envs.delete(name);
      this.#store.positions.delete(name);
    });
    this.#envs.delete(name);
    this.#positions.delete(name);
    this.#log.publish('env.deleted', { name });
  }

  putVm(vm: VmRecord): void {
    this.putVms([vm]);
  }

  /** Writes VMs down in one transaction: two thousand are as quick as their bytes. */
  putVms(vms: readonly VmRecord[]): void {
    this.#changeVms(new Set(vms.map((vm) => vm.envName)), () => {
      this.#store.transaction(() => {
        for (const vm of vms) this.#store.vms.put(vm.id, vm);
      });
      this.#tellVms(vms);
    });
  }

  /** Marks an ENV and its VMs as being deleted, in one transaction. */
  markDeleting(name: string): void {
    const env: EnvRecord = { ...this.env(name), phase: 'deleting' };
    const vms = this.vmsOf(name)
      .filter((vm) => vm.status.state !== 'deleting')
      .map((vm) => changedVm(vm, { status: { state: 'deleting' } }));
    this.#store.transaction(() => {
      this.#store.envs.put(name, env);
      for (const vm of vms) this.#store.vms.put(vm.id, vm);
    });
    this.#envs.set(name, env);
    this.#log.publish('env.updated', this.envView(env), ownersOf(env));
    this.#tellVms(vms);
  }

  /** Changes some fields of a VM that is still there; returns the new record. A state the table does not allow is a fault. */
  updateVm(id: string, change: VmRecordChange): VmRecord {
    return this.updateVms([{ id, change }])[0] as VmRecord;
  }

  /** The same of several VMs, all or none, in one transaction. Each of them once. */
  updateVms(changes: readonly { id: string; change: VmRecordChange }[]): VmRecord[] {
    const changed = changes.map(({ id, change }) => allowedChange(this.vm(id), change));
    this.putVms(changed);
    return changed;
  }

  deleteVm(id: string): void {
    this.deleteVms([id]);
  }

  /** Removes VMs in one transaction. Ignores those that are already gone. */
  deleteVms(ids: readonly string[]): void {
    const vms = ids.flatMap((id) => this.#vms.get(id) ?? []);
    this.#changeVms(new Set(vms.map((vm) => vm.envName)), () => {
      this.#store.transaction(() => {
        for (const vm of vms) this.#store.vms.delete(vm.id);
      });
      for (const { id, envName } of vms) {
        this.#vms.delete(id);
        this.#viewers.delete(id);
        this.#presences.delete(id);
        this.#log.publish('vm.deleted', { id, envName });
      }
    });
  }

  putSnapshot(snapshot: SnapshotRecord): void {
    const isNew = !this.#snapshots.has(snapshot.id);
    this.#store.snapshots.put(snapshot.id, snapshot);
    this.#snapshots.set(snapshot.id, snapshot);
    this.#log.publish(isNew ? 'snapshot.created' : 'snapshot.updated', snapshot, this.#tellWhom(snapshot.envName));
  }

  deleteSnapshot(id: string): void {
    const snapshot = this.#snapshots.get(id);
    if (!snapshot) return;
    this.#store.snapshots.delete(id);
    this.#snapshots.delete(id);
    this.#log.publish('snapshot.deleted', { id, name: snapshot.name, envName: snapshot.envName });
  }

  /** `by`: the name of who did that; null if nobody asked for it. */
  noteReverted(snapshot: SnapshotRecord, vmIds: string[], by: string | null): void {
    this.#log.publish(
      'snapshot.reverted',
      { snapshot, vmIds, ...(by !== null && { by }) },
      this.#tellWhom(snapshot.envName),
    );
  }

  /** The current snapshot of an ENV: the parent of its next one. Null at the root, or if it was deleted. */
  positionOf(envName: string): string | null {
    const id = this.#positions.get(envName) ?? null;
    return id !== null && this.#snapshots.has(id) ? id : null;
  }

  setPosition(envName: string, snapshotId: string | null): void {
    if (this.positionOf(envName) === snapshotId) return;
    this.#store.positions.put(envName, { envName, snapshotId });
    this.#positions.set(envName, snapshotId);
    const env = this.#envs.get(envName);
    if (env) this.#log.publish('env.updated', this.envView(env), ownersOf(env));
  }

  /** Counts attached consoles and shells, and notes who has them: `change` is 0 where only that has changed. null: nobody. */
  changeViewers(vmId: string, change: 1 | -1 | 0, presence: Presence | null = null): void {
    const vm = this.#vms.get(vmId);
    if (!vm) return;
    this.#viewers.set(vmId, Math.max(0, (this.#viewers.get(vmId) ?? 0) + change));
    if (presence) this.#presences.set(vmId, presence);
    else this.#presences.delete(vmId);
    this.#log.publish('vm.updated', this.vmView(vm), this.#tellWhom(vm.envName));
  }

  #lookingAt(vmId: string): Looking {
    return { viewers: this.#viewers.get(vmId) ?? 0, presence: this.#presences.get(vmId) ?? null };
  }

  /** Of VMs that were written down just now. */
  #tellVms(vms: readonly VmRecord[]): void {
    for (const vm of vms) {
      const isNew = !this.hasVm(vm.id);
      this.#vms.put(vm);
      this.#log.publish(isNew ? 'vm.created' : 'vm.updated', this.vmView(vm), this.#tellWhom(vm.envName));
    }
  }

  /** An ENV's state and list of VMs derive from its VMs: followers are notified once when a change to VMs changes either. */
  #changeVms(envNames: ReadonlySet<string>, change: () => void): void {
    const before = new Map([...envNames].map((name) => [name, this.#derivedOf(name)]));
    change();
    for (const name of envNames) {
      const env = this.#envs.get(name);
      if (env && before.get(name) !== this.#derivedOf(name))
        this.#log.publish('env.updated', this.envView(env), ownersOf(env));
    }
  }

  /** Nobody if the ENV does not exist: administrators see it all the same. */
  #tellWhom(envName: string): readonly string[] {
    return this.ownersOf(envName) ?? [];
  }

  /** VMs are only added at the end of the list, or removed from it, so their number and last id show a change. */
  #derivedOf(envName: string): string {
    const env = this.#envs.get(envName);
    if (!env) return '';
    const vms = this.vmsOf(envName);
    return `${envState(env.phase, vms)} ${vms.length} ${vms.at(-1)?.id ?? ''}`;
  }
}

function allowedChange(before: VmRecord, change: VmRecordChange): VmRecord {
  const changed = changedVm(before, change);
  const [from, to] = [before.status.state, changed.status.state];
  if (from !== to && !vmTransitions[from].includes(to)) {
    throw new Error(`VM ${before.name} (${before.id}) can't go from ${from} to ${to}`);
  }
  return changed;
}
