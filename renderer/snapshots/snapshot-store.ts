// Snapshots and the verbs of the shelf: revert machines, undo that, change, delete, measure. `take-store.ts` takes them.
import type { Snapshot, SnapshotComparison, TtClient, TtError } from '@tt/protocol';
import { action, makeObservable, observable, observableRef } from 'mobx';
import { asTtError, type OperationStore, type Outcome } from '../activity/operation-store.ts';
import type { Bridge } from '../bridge.ts';
import { translate } from '../i18n/index.ts';
import { Collection } from '../state/collection.ts';
import { computedByKey } from '../state/computed-by-key.ts';
import type { ToastStore } from '../state/toast-store.ts';
import { shortVmName } from '../state/vm-name.ts';

export const UNDO_SECONDS = 10;

/** A revert that can still be undone: by its toast for some seconds, by Ctrl-Z until something else is done to the ENV. */
export interface UndoableRevert {
  envName: string;
  snapshotName: string;
  safetySnapshotName: string;
  /** The revert itself: its own events may arrive after its answer, and are no other change. */
  operationId: string;
  toastId: number;
}

/** A revert from here whose call has not answered. */
export interface PendingRevert {
  snapshot: Pick<Snapshot, 'envName' | 'name'>;
  /** It was undone meanwhile: it is taken back as soon as it is done. */
  isUnwanted: boolean;
}

/** A machine was reverted, from here or elsewhere. */
export type RevertListener = (vmId: string, snapshotName: string, at: Date) => void;
/** Machines were reverted together elsewhere, by this user of the agent. */
export type OthersRevertListener = (vmIds: readonly string[], snapshotName: string, by: string) => void;

export type SnapshotChange = Omit<Parameters<TtClient['snapshot']['update']>[0], 'operationId' | 'envName' | 'name'>;
type EnvSnapshotUsage = Awaited<ReturnType<TtClient['snapshot']['usage']>>;

export class SnapshotStore {
  readonly items = new Collection<Snapshot>(
    (snapshot) => snapshot.id,
    (snapshot) => snapshot.envName,
  );
  undoable: UndoableRevert | null = null;
  /** The last that was begun. */
  pending: PendingRevert | null = null;
  /** The snapshot whose name is a field on the shelf now. */
  renaming: string | null = null;
  /** Machines that are being reverted from this window, and to which snapshot. */
  readonly reverting = observable.map<string, string>();
  readonly #bridge: Bridge;
  readonly #operations: OperationStore;
  readonly #toasts: ToastStore;
  readonly #revertListeners = new Set<RevertListener>();
  readonly #othersListeners = new Set<OthersRevertListener>();
  /** Machines whose next revert is this window's own: its event may come before or after its answer. */
  readonly #expected = new Set<string>();

  constructor(bridge: Bridge, operations: OperationStore, toasts: ToastStore) {
    this.#bridge = bridge;
    this.#operations = operations;
    this.#toasts = toasts;
    makeObservable(this, {
      undoable: observableRef,
      pending: observableRef,
      setPending: action,
      renaming: observable,
      rename: action,
      forgetUndo: action,
      offerUndo: action,
    });
  }

  get(id: string): Snapshot | undefined {
    return this.items.get(id);
  }

  /** Machines were reverted at this time (ISO 8601). `by`: undefined where the agent does not say it. */
  noteReverted(snapshot: Snapshot, vmIds: readonly string[], at: string, by?: string): void {
    this.items.put(snapshot);
    for (const vmId of vmIds) {
      for (const listener of this.#revertListeners) listener(vmId, snapshot.name, new Date(at));
    }
    const others = vmIds.filter((vmId) => !this.#expected.delete(vmId));
    if (others.length === 0 || by === undefined) return;
    for (const listener of this.#othersListeners) listener(others, snapshot.name, by);
  }

  /** Calls `listener` for each revert that is not from this window, until the answer is called. */
  onRevertedByOthers(listener: OthersRevertListener): () => void {
    this.#othersListeners.add(listener);
    return () => void this.#othersListeners.delete(listener);
  }

  /** Calls `listener` for each machine that is reverted, until the answer is called. */
  onReverted(listener: RevertListener): () => void {
    this.#revertListeners.add(listener);
    return () => void this.#revertListeners.delete(listener);
  }

  /** Snapshots of one ENV, oldest first. */
  readonly ofEnv = computedByKey((envName: string): Snapshot[] =>
    this.items.inGroup(envName).sort((a, b) => a.createdAt.localeCompare(b.createdAt)),
  );

  /** Puts machines back at once; `vmIds` null = all in the snapshot. A safety snapshot makes it undoable. */
  async revert(snapshot: Snapshot, vmIds: readonly string[] | null): Promise<void> {
    const { envName, name } = snapshot;
    this.forgetUndo(envName);
    let operationId = '';
    const doneReverting = this.#noteReverting(snapshot, vmIds);
    this.setPending({ snapshot, isUnwanted: false });
    const outcome = await this.#operations.runAloud('snapshot.revert', { envName, snapshotName: name }, (id) => {
      operationId = id;
      return this.#bridge.client.snapshot.revert({ operationId, envName, name, ...(vmIds && { vmIds: [...vmIds] }) });
    });
    doneReverting(outcome.ok);
    const isUnwanted = this.#endPending(snapshot);
    if (!outcome.ok) return;
    const { safetySnapshotName } = outcome.value;
    const text = this.#doneText(snapshot, vmIds);
    if (safetySnapshotName === null) this.#toasts.say(text);
    else if (isUnwanted) await this.#revertSafety({ envName, safetySnapshotName, snapshotName: name });
    else this.offerUndo(text, { envName, snapshotName: name, safetySnapshotName, operationId });
  }

  setPending(pending: PendingRevert | null): void {
    this.pending = pending;
  }

  /** Takes back a revert that is not done yet, as soon as it is. */
  undoPending(): void {
    if (!this.pending) return;
    this.setPending({ ...this.pending, isUnwanted: true });
    this.#toasts.say(translate('snapshots.undoneAfterRevert', { env: this.pending.snapshot.envName }), {
      tone: 'info',
    });
  }

  /** Whether it was undone meanwhile. */
  #endPending(snapshot: Snapshot): boolean {
    if (this.pending?.snapshot !== snapshot) return false;
    const { isUnwanted } = this.pending;
    this.setPending(null);
    return isUnwanted;
  }

  offerUndo(text: string, revert: Omit<UndoableRevert, 'toastId'>): void {
    const undo = { label: translate('snapshots.undo'), run: () => void this.undoRevert() };
    const toastId = this.#toasts.say(text, { action: undo, seconds: UNDO_SECONDS });
    this.undoable = { ...revert, toastId };
  }

  /** Takes the last revert back by applying its safety snapshot; does nothing when there is none to undo. */
  async undoRevert(): Promise<void> {
    if (this.undoable) await this.#revertSafety(this.undoable);
  }

  /** As long as the safety snapshot is there, a revert can be taken back, whatever was done since. */
  async undoBy({ envName, name }: Pick<Snapshot, 'envName' | 'name'>): Promise<void> {
    await this.#revertSafety({ envName, safetySnapshotName: name, snapshotName: null });
  }

  /** `snapshotName`: what was reverted to; null: not known here. */
  async #revertSafety(
    revert: Pick<UndoableRevert, 'envName' | 'safetySnapshotName'> & { snapshotName: string | null },
  ): Promise<void> {
    const { envName, safetySnapshotName: name } = revert;
    this.forgetUndo(envName);
    const safety = this.ofEnv(envName).find((snapshot) => snapshot.name === name);
    const doneReverting = safety && this.#noteReverting(safety, null);
    const outcome = await this.#operations.runAloud('snapshot.revert', { envName, snapshotName: name }, (operationId) =>
      this.#bridge.client.snapshot.revert({ operationId, envName, name, safety: false }),
    );
    doneReverting?.(outcome.ok);
    if (!outcome.ok) return;
    this.#toasts.say(
      revert.snapshotName === null
        ? translate('snapshots.undoneRevert', { env: envName })
        : translate('snapshots.undone', { snapshot: revert.snapshotName, env: envName }),
    );
  }

  readonly #noteReverting = action(
    ({ name, vms }: Snapshot, vmIds: readonly string[] | null): ((isDone: boolean) => void) => {
      const all = vmIds ?? vms.filter(({ removed }) => !removed).map(({ vmId }) => vmId);
      for (const vmId of all) {
        this.reverting.set(vmId, name);
        this.#expected.add(vmId);
      }
      return action((isDone: boolean) => {
        for (const vmId of all) {
          this.reverting.delete(vmId);
          // Nothing was reverted, so there is no event to wait for.
          if (!isDone) this.#expected.delete(vmId);
        }
      });
    },
  );

  /** Called with the next change to an ENV: from then on the revert can't be undone by a key. */
  forgetUndo(envName: string, operationId?: string): void {
    if (this.undoable?.envName !== envName || this.undoable.operationId === operationId) return;
    this.#toasts.close(this.undoable.toastId);
    this.undoable = null;
  }

  /** Shows its name as a field; null ends that. */
  rename(snapshotId: string | null): void {
    this.renaming = snapshotId;
  }

  /** Ends the field with it. Resolves with why it can't have this name. */
  async giveName(snapshot: Snapshot, newName: string): Promise<TtError | null> {
    if (newName !== snapshot.name) {
      const outcome = await this.updateSnapshot(snapshot, { newName });
      if (!outcome.ok) return outcome.error;
    }
    if (this.renaming === snapshot.id) this.rename(null);
    return null;
  }

  /** The caller shows a failure beside its field. */
  updateSnapshot({ envName, name }: Snapshot, change: SnapshotChange): Promise<Outcome<Snapshot>> {
    return this.#operations.run('snapshot.update', { envName, snapshotName: name }, (operationId) =>
      this.#bridge.client.snapshot.update({ ...change, operationId, envName, name }),
    );
  }

  /** With its notes, however long. */
  readonly whole = async ({ envName, name }: Snapshot): Promise<Outcome<Snapshot>> => {
    try {
      return { ok: true, value: await this.#bridge.client.snapshot.show({ envName, name }) };
    } catch (error) {
      return { ok: false, error: asTtError(error) };
    }
  };

  /** The storage that snapshots of an ENV use; read each time, because it changes with every write of a guest. */
  async usage(envName: string): Promise<Outcome<EnvSnapshotUsage>> {
    try {
      return { ok: true, value: await this.#bridge.client.snapshot.usage({ envName }) };
    } catch (error) {
      return { ok: false, error: asTtError(error) };
    }
  }

  /** What differs between two snapshots of an ENV, from `name` to `otherName`. */
  async compare(envName: string, name: string, otherName: string): Promise<Outcome<SnapshotComparison>> {
    try {
      return { ok: true, value: await this.#bridge.client.snapshot.compare({ envName, name, otherName }) };
    } catch (error) {
      return { ok: false, error: asTtError(error) };
    }
  }

  async deleteSnapshot(snapshot: Snapshot): Promise<void> {
    const { envName, name } = snapshot;
    const outcome = await this.#operations.runAloud('snapshot.delete', { envName, snapshotName: name }, (operationId) =>
      this.#bridge.client.snapshot.delete({ operationId, envName, name }),
    );
    if (outcome.ok) this.#toasts.say(translate('snapshots.deleted', { snapshot: name }));
  }

  #doneText(snapshot: Snapshot, vmIds: readonly string[] | null): string {
    const [only] = vmIds ?? [];
    const vm = snapshot.vms.find(({ vmId }) => vmId === only);
    if (vmIds?.length === 1 && vm) {
      return translate('snapshots.revertedOne', { vm: shortVmName(vm.vmName), snapshot: snapshot.name });
    }
    const count = vmIds?.length ?? snapshot.vms.filter(({ removed }) => !removed).length;
    return translate('snapshots.reverted', { count, snapshot: snapshot.name });
  }
}
