// Runs everything that may take long, once per operation id: reports progress to followers, cancels it, and keeps its result for
// an hour so that a client that was offline can ask again with the same id.
import { randomUUID } from 'node:crypto';
import {
  type ErrorRecord,
  type Operation,
  type OperationKind,
  type OperationPart,
  type OperationStep,
  type StepCode,
  TtError,
  toErrorRecord,
} from '@tt/protocol';
import { teamOf } from '../access/owners.ts';
import type { EventLog } from '../events/event-log.ts';
import { isDiskFull } from '../host/disk-full.ts';

const KEEP_ENDED_MS = 60 * 60 * 1000;
/** Of one caller: everybody’s window lists them all. */
const KEEP_ENDED_PER_CALLER = 200;

/** What a running operation may do with its own record. */
export interface OperationContext {
  readonly id: string;
  /** Its kind, which others also get while it has locked an ENV. */
  readonly kind: OperationKind;
  readonly signal: AbortSignal;
  /** Reports the present step; `done`/`total` are for a progress bar, `data` are fields of the step's text. */
  step(code: StepCode, progress?: { done: number; total: number }, data?: OperationStep['data']): void;
  /** How far it is with each VM, of those that end apart. Whoever calls it does so a few times a second at most. */
  parts(parts: readonly OperationPart[]): void;
  /** From here on it can't be cancelled (the point of no return has passed). */
  noReturn(): void;
}

interface Entry {
  operation: Operation;
  callerName: string | undefined;
  /** Accounts (`ownersOf`) that can see everything: of the one who started it, and those its ENV belonged to. */
  owners: readonly string[];
  abort: AbortController;
  result: Promise<unknown>;
}

export type OwnedOperation = Pick<Entry, 'operation' | 'owners'>;

/** What makes a call the repetition of an earlier one. */
interface Repetition {
  /** Created by the client; absent in requests by hand. */
  id: string | undefined;
  kind: OperationKind;
  /** The caller; absent if the agent itself starts it. */
  callerName?: string | undefined;
}

export interface OperationStart extends Repetition {
  subject: Operation['subject'];
  /** false for what must run to its end; default true. */
  cancellable?: boolean;
}

export interface RegistryParts {
  log: EventLog;
  now: () => Date;
  /** The accounts to which an ENV belongs; null if there is none with that name. */
  envOwners?: (envName: string) => readonly string[] | null;
  /** Called for every change of an operation. */
  onChange?: (operation: Operation) => void;
  /** The error for a full disk; `subject` is what the operation was about. */
  diskFull: (subject: string, error: unknown) => TtError;
  /** Called for failures that have no code: bugs of the program. */
  onInternal: (error: unknown, operation: Operation) => void;
}

export class OperationRegistry {
  readonly #parts: RegistryParts;
  readonly #entries = new Map<string, Entry>();
  #draining = false;

  constructor(parts: RegistryParts) {
    this.#parts = parts;
  }

  list(): Operation[] {
    this.#forgetOld();
    return [...this.#entries.values()].map((entry) => entry.operation);
  }

  /** The same with the accounts of those who see all of each. */
  owned(): OwnedOperation[] {
    this.#forgetOld();
    return [...this.#entries.values()].map((entry) => ({ operation: entry.operation, owners: this.#seenBy(entry) }));
  }

  /**
   * The result (or pending result) of the run with this id; null if there is none, or if the id belongs to another user's run
   * or to another kind: then the call is not a repetition. For callers that check something before they run.
   */
  resultOf<Result>({ id, kind, callerName }: Repetition): Promise<Result> | null {
    const known = id === undefined ? undefined : this.#entries.get(id);
    if (!known || known.operation.kind !== kind || known.callerName !== callerName) return null;
    return known.result as Promise<Result>;
  }

  /** Runs `work`, or returns the result of the run that already has this id. AGENT_GONE once the agent is stopping. */
  run<Result>(start: OperationStart, work: (context: OperationContext) => Promise<Result>): Promise<Result> {
    const known = this.resultOf<Result>(start);
    if (known) return known;
    // An id that is taken by another run is not this one's: it gets one of its own.
    const id = start.id !== undefined && !this.#entries.has(start.id) ? start.id : randomUUID();
    if (this.#draining) return Promise.reject(new TtError('AGENT_GONE', { call: start.kind }));
    this.#forgetOld();
    const abort = new AbortController();
    const operation: Operation = {
      id,
      kind: start.kind,
      subject: start.subject,
      state: 'running',
      step: null,
      progress: null,
      cancellable: start.cancellable ?? true,
      startedAt: this.#parts.now().toISOString(),
      endedAt: null,
      error: null,
    };
    const owners = this.#ownersOf(start);
    const entry: Entry = { operation, callerName: start.callerName, owners, abort, result: Promise.resolve() };
    this.#entries.set(id, entry);
    const result = this.#follow(entry, work);
    entry.result = result;
    // The caller gets the rejection; a repeated call may too. Unheard ones must not end the process.
    result.catch(() => {});
    return result;
  }

  /** Who started it; null if there is no such operation, undefined if the agent itself did. */
  startedBy(id: string): string | undefined | null {
    const entry = this.#entries.get(id);
    return entry ? entry.callerName : null;
  }

  /** Asks a running operation to stop and undo. Throws OPERATION_NOT_FOUND or OPERATION_NOT_CANCELLABLE. */
  cancel(id: string): Operation {
    const entry = this.#entries.get(id);
    if (!entry) throw new TtError('OPERATION_NOT_FOUND', { operationId: id });
    const { operation } = entry;
    if (operation.state !== 'running' || !operation.cancellable) {
      throw new TtError('OPERATION_NOT_CANCELLABLE', { operation: operation.kind });
    }
    entry.abort.abort(new TtError('OPERATION_CANCELLED', { operation: operation.kind }));
    this.#change(entry, { step: { code: 'cancelling', data: {} } });
    return entry.operation;
  }

  /** Waits until nothing runs any more; cancels what can be cancelled, and lets nothing new begin (agent shutdown). */
  async drain(): Promise<void> {
    this.#draining = true;
    const running = [...this.#entries.values()].filter((entry) => entry.operation.state === 'running');
    for (const entry of running) if (entry.operation.cancellable) this.cancel(entry.operation.id);
    await Promise.allSettled(running.map((entry) => entry.result));
  }

  async #follow<Result>(entry: Entry, work: (context: OperationContext) => Promise<Result>): Promise<Result> {
    this.#change(entry, {});
    const context: OperationContext = {
      id: entry.operation.id,
      kind: entry.operation.kind,
      signal: entry.abort.signal,
      step: (code, progress, data = {}) => this.#change(entry, { step: { code, data }, progress: progress ?? null }),
      parts: (parts) => this.#change(entry, { parts: [...parts] }),
      noReturn: () => {
        if (entry.operation.cancellable) this.#change(entry, { cancellable: false });
      },
    };
    try {
      const result = await work(context);
      this.#end(entry, 'succeeded', null);
      return result;
    } catch (error) {
      const cancelled = entry.abort.signal.aborted;
      const known = cancelled ? (entry.abort.signal.reason as TtError) : this.#asTtError(error, entry.operation);
      this.#end(entry, cancelled ? 'cancelled' : 'failed', toErrorRecord(known));
      throw known;
    }
  }

  #asTtError(error: unknown, operation: Operation): TtError {
    if (error instanceof TtError) return error;
    if (isDiskFull(error)) return this.#parts.diskFull(nameOf(operation), error);
    this.#parts.onInternal(error, operation);
    return new TtError('INTERNAL', { requestId: operation.id }, { cause: error });
  }

  #end(entry: Entry, state: 'succeeded' | 'failed' | 'cancelled', error: ErrorRecord | null): void {
    this.#change(entry, { state, error, endedAt: this.#parts.now().toISOString(), cancellable: false });
  }

  #change(entry: Entry, change: Partial<Operation>): void {
    entry.operation = { ...entry.operation, ...change };
    this.#parts.log.publish('operation.updated', entry.operation, this.#seenBy(entry));
    this.#parts.onChange?.(entry.operation);
  }

  #ownersOf({ callerName, subject: { envName } }: OperationStart): string[] {
    const ofEnv = envName === undefined ? null : this.#parts.envOwners?.(envName);
    return [...(callerName === undefined ? [] : [callerName]), ...(ofEnv ?? [])];
  }

  /** A team only as long as the ENV is there and shared with it. */
  #seenBy({ owners, operation: { subject } }: Entry): readonly string[] {
    if (owners.every((account) => teamOf(account) === null)) return owners;
    const now = subject.envName === undefined ? null : this.#parts.envOwners?.(subject.envName);
    return owners.filter((account) => teamOf(account) === null || now?.includes(account));
  }

  #forgetOld(): void {
    const limit = this.#parts.now().getTime() - KEEP_ENDED_MS;
    for (const [id, { operation }] of this.#entries) {
      if (operation.endedAt !== null && Date.parse(operation.endedAt) < limit) this.#entries.delete(id);
    }
    const kept = new Map<string | undefined, number>();
    for (const [id, { operation, callerName }] of [...this.#entries].toReversed()) {
      if (operation.endedAt === null) continue;
      const newer = kept.get(callerName) ?? 0;
      if (newer >= KEEP_ENDED_PER_CALLER) this.#entries.delete(id);
      kept.set(callerName, newer + 1);
    }
  }
}

/** What people call what an operation is about. */
function nameOf({ subject, kind }: Operation): string {
  return subject.vmName ?? subject.snapshotName ?? subject.envName ?? subject.imageName ?? kind;
}
