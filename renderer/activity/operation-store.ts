// Everything that lasts: an operation gets its id here, before the request leaves, and is shown from that moment on.
// The agent's own account of it (operation.updated) takes over as soon as it arrives. What others begin is known at once, and shown when it lasts.
import { type Operation, type OperationKind, TtError } from '@tt/protocol';
import { action, compareShallow, computed, makeObservable, observable, observableRef, when } from 'mobx';
import type { Bridge } from '../bridge.ts';
import { Collection } from '../state/collection.ts';
import { computedByKey } from '../state/computed-by-key.ts';
import { BegunElsewhere } from './begun-elsewhere.ts';
import { type OperationWords, operationWords } from './operation-words.ts';
import type { ToastStore } from '../state/toast-store.ts';

/** What operations are about: one of them. */
export type OperationPlace =
  | { envName: string; vmId?: never; imageName?: never }
  | { vmId: string; envName?: never; imageName?: never }
  | { imageName: string; envName?: never; vmId?: never };

export type Outcome<Value> = { ok: true; value: Value } | { ok: false; error: TtError };

export class OperationStore {
  readonly items = new Collection<Operation>((operation) => operation.id);
  /** Ids of operations that were asked to stop and have not yet done so. */
  readonly cancelling = observable.set<string>();
  /** What was begun in this window and ended well last; how others ended is a message that is read out. */
  lastDone: Pick<Operation, 'id' | 'kind' | 'subject'> | null = null;
  readonly #local = new Set<string>();
  readonly #begunElsewhere = new BegunElsewhere();
  readonly #bridge: Bridge;
  readonly #toasts: ToastStore;

  constructor(bridge: Bridge, toasts: ToastStore) {
    this.#bridge = bridge;
    this.#toasts = toasts;
    makeObservable(this, {
      lastDone: observableRef,
      running: computed({ equals: compareShallow }),
      shown: computed({ equals: compareShallow }),
      recent: computed,
      apply: action,
      endWhole: action,
    });
  }

  get running(): Operation[] {
    return this.items.all.filter((operation) => operation.state === 'running');
  }

  /** Those that are drawn: of what was begun elsewhere only what has lasted. What may be done now is asked of `running`. */
  get shown(): Operation[] {
    return this.running.filter(({ id }) => !this.#begunElsewhere.has(id));
  }

  /** Newest first, running ones before all. */
  get recent(): Operation[] {
    return this.items.all.toSorted(
      (a, b) => Number(b.state === 'running') - Number(a.state === 'running') || b.startedAt.localeCompare(a.startedAt),
    );
  }

  /** Those about one thing. Whoever reads them sees operations of this thing only: pages have hundreds of readers. */
  runningFor(place: OperationPlace): readonly Operation[] {
    return this.#runningOf(keyOf(place));
  }

  /** As `runningFor`, those that are drawn. */
  shownFor(place: OperationPlace): readonly Operation[] {
    return this.#shownOf(keyOf(place));
  }

  readonly #runningOf = byPlace(() => this.running);
  readonly #shownOf = byPlace(() => this.shown);

  /** Whether the ENV is being started or stopped as a whole. */
  readonly isStartingOrStopping = computedByKey((envName: string): boolean =>
    this.runningFor({ envName }).some(({ kind }) => kind === 'env.start' || kind === 'env.stop'),
  );

  /** Whether a snapshot of this ENV is being saved: what would change its machines is refused until that is over. */
  readonly isSaving = computedByKey((envName: string): boolean =>
    this.running.some(({ kind, subject }) => kind === 'snapshot.create' && subject.envName === envName),
  );

  apply(operation: Operation): void {
    this.#local.delete(operation.id);
    if (operation.state !== 'running') {
      this.cancelling.delete(operation.id);
      this.#begunElsewhere.remove(operation.id);
    } else if (!this.items.has(operation.id)) this.#begunElsewhere.add(operation.id);
    this.items.put(operation);
  }

  /** All operations of the agent have come; those that it has not heard of yet stay. */
  endWhole(): void {
    this.items.endWhole((id) => this.#local.has(id));
  }

  /** Runs one call as an operation and tells how it ended; shows nothing. */
  async run<Value>(
    kind: OperationKind,
    subject: Operation['subject'],
    call: (operationId: string) => Promise<Value>,
  ): Promise<Outcome<Value>> {
    const id = crypto.randomUUID();
    this.#begin(id, kind, subject);
    try {
      const value = await call(id);
      this.#tellDone(id, kind, subject);
      return { ok: true, value };
    } catch (error) {
      return { ok: false, error: asTtError(error) };
    } finally {
      this.#forgetIfLocal(id);
    }
  }

  /**
   * As `run`, for what a dialog starts and does not wait for: `begun` resolves with the failure of what ended before the agent had
   * begun its first step, otherwise with null; `ended` with how it ended.
   */
  begin<Value>(
    kind: OperationKind,
    subject: Operation['subject'],
    call: (operationId: string) => Promise<Value>,
  ): { begun: Promise<TtError | null>; ended: Promise<Outcome<Value>> } {
    let id = '';
    const ended = this.run(kind, subject, (operationId) => {
      id = operationId;
      return call(operationId);
    });
    const stepped = when(() => (this.items.get(id)?.step ?? null) !== null);
    const first = Promise.race([ended, stepped.then(() => null)]);
    const begun = first.then((outcome) => {
      stepped.cancel();
      return outcome && !outcome.ok ? outcome.error : null;
    });
    return { begun, ended };
  }

  /** As `run`, but a failure is shown as a toast: what was requested, why it failed, what to do. */
  async runAloud<Value>(
    kind: OperationKind,
    subject: Operation['subject'],
    call: (operationId: string) => Promise<Value>,
  ): Promise<Outcome<Value>> {
    const outcome = await this.run(kind, subject, call);
    if (!outcome.ok) this.tellFailure(operationWords({ kind, subject }), outcome.error);
    return outcome;
  }

  tellFailure(words: OperationWords, error: TtError): void {
    if (error.code === 'OPERATION_CANCELLED') this.#toasts.say(words.cancelled, { tone: 'info' });
    else this.#toasts.fail(words.failed, error);
  }

  async cancel(id: string): Promise<void> {
    this.#mark(id, true);
    try {
      this.apply(await this.#bridge.client.operation.cancel({ operationId: id }));
    } catch (error) {
      this.#mark(id, false);
      const operation = this.items.get(id);
      if (operation) this.#toasts.fail(operationWords(operation).cancelFailed, asTtError(error));
    }
  }

  readonly #tellDone = action((id: string, kind: OperationKind, subject: Operation['subject']) => {
    this.lastDone = { id, kind, subject };
  });

  readonly #mark = action((id: string, cancelling: boolean) => {
    if (cancelling) this.cancelling.add(id);
    else this.cancelling.delete(id);
  });

  readonly #begin = action((id: string, kind: OperationKind, subject: Operation['subject']) => {
    this.#local.add(id);
    this.items.put({
      id,
      kind,
      subject,
      state: 'running',
      step: null,
      progress: null,
      cancellable: false,
      startedAt: new Date().toISOString(),
      endedAt: null,
      error: null,
    });
  });

  readonly #forgetIfLocal = action((id: string) => {
    if (!this.#local.delete(id)) return;
    this.items.remove(id);
  });
}

function keyOf({ envName, vmId, imageName }: OperationPlace): string {
  if (envName !== undefined) return `env ${envName}`;
  return vmId === undefined ? `image ${imageName}` : `vm ${vmId}`;
}

/** An index by what they are about: one operation is about several things, such as a machine and its ENV. */
function byPlace(operations: () => readonly Operation[]): (place: string) => readonly Operation[] {
  const index = computed(() => {
    const found = new Map<string, Operation[]>();
    for (const operation of operations()) {
      const { envName, vmId, imageName } = operation.subject;
      const places = { env: envName, vm: vmId, image: imageName };
      for (const [kind, name] of Object.entries(places)) {
        if (name === undefined) continue;
        const place = `${kind} ${name}`;
        const known = found.get(place);
        if (known) known.push(operation);
        else found.set(place, [operation]);
      }
    }
    return found;
  });
  return computedByKey((place: string): readonly Operation[] => index.get().get(place) ?? [], compareShallow);
}

/** Bridges reject with TtError only; anything else is a fault of the program and is shown as one. */
export function asTtError(error: unknown): TtError {
  if (error instanceof TtError) return error;
  return new TtError(
    'INTERNAL',
    { requestId: error instanceof Error ? error.message : String(error) },
    { cause: error },
  );
}
