// Taking snapshots: in one step under a name that is suggested, which is given afterwards, or with all that the dialog asks for.
// Either can be undone: for some seconds by its message, by Ctrl-Z until something else is done to the ENV.
import { type Operation, type Snapshot, type TtClient, TtError } from '@tt/protocol';
import { action, makeObservable, observableRef } from 'mobx';
import type { OperationStore, Outcome } from '../activity/operation-store.ts';
import { operationWords } from '../activity/operation-words.ts';
import type { Bridge } from '../bridge.ts';
import { translate } from '../i18n/index.ts';
import type { ToastStore } from '../state/toast-store.ts';
import { suggestSnapshotName } from './snapshot-name.ts';
import { type SnapshotStore, UNDO_SECONDS } from './snapshot-store.ts';

/** Of names that are suggested one after another, as others take them. */
const MOST_NAMES = 3;

export type SnapshotSpec = Omit<Parameters<TtClient['snapshot']['create']>[0], 'operationId'>;

/** A snapshot of this window that waits for its name, maybe while it is still being saved. */
export interface Naming {
  envName: string;
  /** The suggested one, under which it is taken. */
  name: string;
  ended: Promise<Outcome<Snapshot>>;
}

/** The last snapshot that was taken from here, as long as Ctrl-Z means it. */
export interface UndoableTake {
  snapshot: Snapshot;
  operationId: string;
  toastId: number;
}

/** One that is being taken from here: the last that was begun, until its call has answered. */
export interface Taking {
  envName: string;
  name: string;
  operationId: string;
  /** It was undone meanwhile: it is cancelled, or deleted as soon as it is whole. */
  isUnwanted: boolean;
}

export interface TakeNow {
  envName: string;
  /** null: the whole ENV. */
  vmId: string | null;
  /** Whether it gets a field for its name; false where the keyboard belongs to something else. */
  isNamed: boolean;
}

export class TakeStore {
  naming: Naming | null = null;
  undoable: UndoableTake | null = null;
  taking: Taking | null = null;
  /** Those that were left, or have their name. */
  readonly #ended = new WeakSet<Naming>();
  /** ENVs that are about to be snapshotted. */
  readonly #soon = new Set<string>();
  readonly #bridge: Bridge;
  readonly #operations: OperationStore;
  readonly #snapshots: SnapshotStore;
  readonly #toasts: ToastStore;

  constructor(bridge: Bridge, operations: OperationStore, snapshots: SnapshotStore, toasts: ToastStore) {
    this.#bridge = bridge;
    this.#operations = operations;
    this.#snapshots = snapshots;
    this.#toasts = toasts;
    makeObservable(this, {
      naming: observableRef,
      undoable: observableRef,
      taking: observableRef,
      setTaking: action,
      beginNaming: action,
      endNaming: action,
      offerUndo: action,
      forgetUndo: action,
    });
  }

  /** Resolves when it is being saved, or with why that did not begin. How it ends is said by a message. */
  async take(request: SnapshotSpec): Promise<Outcome<null>> {
    const error = await this.#begin(request).begun;
    return error ? { ok: false, error } : { ok: true, value: null };
  }

  /** As `takeNow`, a moment later; asked for twice meanwhile, as by a double click, once. */
  takeSoon(request: TakeNow): void {
    const { envName } = request;
    if (this.#soon.has(envName)) return;
    this.#soon.add(envName);
    setTimeout(() => {
      this.#soon.delete(envName);
      void this.takeNow(request);
    }, 0);
  }

  /** Takes one at once, under a suggested name. Resolves as `take`; a failure is said by a message. */
  async takeNow(request: TakeNow): Promise<void> {
    const { envName } = request;
    const taken: string[] = [];
    for (;;) {
      const snapshotName = suggestSnapshotName(this.#snapshots.ofEnv(envName), taken);
      const error = await this.#takeAs(snapshotName, request);
      if (!error) return;
      // Somebody else has just taken the name that nobody chose here; unless it was undone meanwhile, another will do.
      if (error.code !== 'SNAPSHOT_NAME_TAKEN' || taken.push(snapshotName) > MOST_NAMES) {
        this.#operations.tellFailure(wordsOf({ envName, snapshotName }), error);
        return;
      }
      if (this.taking?.name === snapshotName && this.taking.isUnwanted) return;
    }
  }

  #takeAs(snapshotName: string, { envName, vmId, isNamed }: TakeNow): Promise<TtError | null> {
    const { begun, ended } = this.#begin({ envName, name: snapshotName, ...(vmId !== null && { vmIds: [vmId] }) });
    if (isNamed) this.beginNaming({ envName, name: snapshotName, ended });
    return begun;
  }

  beginNaming(naming: Naming): void {
    this.naming = naming;
    // Of what failed or was cancelled there is nothing to name.
    void naming.ended.then(({ ok }) => {
      if (!ok) this.endNaming(naming);
    });
  }

  /** The snapshot keeps the name it has. `of`: only if that one is still being named. */
  endNaming(of: Naming | null = this.naming): void {
    if (of) this.#ended.add(of);
    if (this.naming === of) this.naming = null;
  }

  /** Gives its name to the snapshot being named, as soon as it is whole. Resolves with why it can't have that one. */
  async nameIt(newName: string): Promise<TtError | null> {
    const { naming } = this;
    if (!naming) return null;
    const { envName, name } = naming;
    if (newName === name) {
      this.endNaming(naming);
      return null;
    }
    if (this.#snapshots.ofEnv(envName).some((other) => other.name === newName)) {
      return new TtError('SNAPSHOT_NAME_TAKEN', { envName, snapshotName: newName });
    }
    const whole = await naming.ended;
    // Whoever left the field meanwhile wants the name no more; one that gave way to the next snapshot still gets it.
    if (!whole.ok || this.#ended.has(naming)) return null;
    const renamed = await this.#snapshots.updateSnapshot(whole.value, { newName });
    if (!renamed.ok) return renamed.error;
    this.endNaming(naming);
    return null;
  }

  /** Deletes it again, whatever it is called by now. */
  async undo(snapshot: Snapshot): Promise<void> {
    this.forgetUndo(snapshot.envName);
    this.endNaming();
    await this.#snapshots.deleteSnapshot(this.#snapshots.get(snapshot.id) ?? snapshot);
  }

  /** Takes back one that is still being taken: nobody has to wait for what is not wanted. */
  async undoTaking(): Promise<void> {
    const { taking } = this;
    if (!taking) return;
    const { operationId, name } = taking;
    this.setTaking({ ...taking, isUnwanted: true });
    this.endNaming();
    this.#toasts.say(translate('snapshots.undoneSoon', { snapshot: name }), { tone: 'info' });
    // Too late is no failure: it is deleted then.
    await this.#bridge.client.operation.cancel({ operationId }).catch(() => {});
  }

  setTaking(taking: Taking | null): void {
    this.taking = taking;
  }

  /** Called with the next change to an ENV. `operationId`: the one that takes the snapshot is none. */
  forgetUndo(envName: string, operationId?: string): void {
    if (this.undoable?.snapshot.envName !== envName || this.undoable.operationId === operationId) return;
    this.#toasts.close(this.undoable.toastId);
    this.undoable = null;
  }

  offerUndo(text: string, snapshot: Snapshot, operationId: string): void {
    const undo = { label: translate('snapshots.undo'), run: () => void this.undo(snapshot) };
    const toastId = this.#toasts.say(text, { action: undo, seconds: UNDO_SECONDS });
    this.undoable = { snapshot, operationId, toastId };
  }

  #begin(request: SnapshotSpec) {
    const { envName, name: snapshotName } = request;
    this.#snapshots.forgetUndo(envName);
    this.forgetUndo(envName);
    let operationId = '';
    const { begun, ended } = this.#operations.begin('snapshot.create', { envName, snapshotName }, (id) => {
      operationId = id;
      this.setTaking({ envName, name: snapshotName, operationId, isUnwanted: false });
      return this.#bridge.client.snapshot.create({ ...request, operationId });
    });
    void Promise.all([begun, ended]).then(([error, outcome]) => {
      const isUnwanted = this.#endTaking(operationId);
      if (error) return;
      if (isUnwanted && outcome.ok) void this.undo(outcome.value);
      else this.#sayEnded({ envName, snapshotName }, operationId, outcome);
    });
    return { begun, ended };
  }

  /** Whether it was undone meanwhile. */
  #endTaking(operationId: string): boolean {
    const { taking } = this;
    if (taking?.operationId !== operationId) return false;
    this.setTaking(null);
    return taking.isUnwanted;
  }

  #sayEnded(subject: Operation['subject'], operationId: string, outcome: Outcome<Snapshot>): void {
    if (!outcome.ok) {
      this.#operations.tellFailure(wordsOf(subject), outcome.error);
      return;
    }
    const { name, pausedMs } = outcome.value;
    const text = translate('snapshots.taken', { snapshot: name, ms: Math.round(pausedMs) });
    this.offerUndo(text, outcome.value, operationId);
  }
}

function wordsOf(subject: Operation['subject']) {
  return operationWords({ kind: 'snapshot.create', subject });
}
