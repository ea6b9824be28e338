// Short messages at the foot of the window: what was done (with Undo), and what failed (stays until closed, and is not lost when
// others come after it).
import { type ErrorRecord, type TtError, toErrorRecord } from '@tt/protocol';
import { action, computed, makeObservable, observableRef } from 'mobx';

export interface ToastAction {
  label: string;
  run: () => void;
}

export interface Toast {
  id: number;
  tone: 'info' | 'ok' | 'danger';
  text: string;
  error: ErrorRecord | null;
  action: ToastAction | null;
  /** How long it stays; null = until closed. */
  seconds: number | null;
  /** How often the same was said while it was there. */
  count: number;
}

/** Failures of one kind, which stand together; any other message alone. */
export interface ToastGroup {
  /** That of its first message, which stays as long as the group does. */
  id: number;
  newest: Toast;
  /** Newest first. */
  others: readonly Toast[];
}

/** How many the window shows before the others are asked for. */
export const TOASTS_SHOWN = 4;
/** The oldest beyond are dropped: what failed is on the Activity page too. */
const TOASTS_KEPT = 200;

export class ToastStore {
  /** Oldest first. */
  all: readonly Toast[] = [];
  #nextId = 1;
  /** The toast that says why the last key did nothing. */
  #explanation: number | null = null;
  /** Read out already: one that comes into sight again is no news. */
  readonly #read = new Set<number>();
  readonly #timers = new Map<number, ReturnType<typeof setTimeout>>();

  constructor() {
    makeObservable(this, {
      all: observableRef,
      shown: computed,
      groups: computed,
      close: action,
      closeAll: action,
      closeGroup: action,
      show: action,
    });
  }

  /** The newest, without those that are shown on demand. */
  get shown(): readonly Toast[] {
    return this.all.slice(-TOASTS_SHOWN);
  }

  /** Oldest first, by their newest message. A failure of many machines is one group: what went wrong is said once. */
  get groups(): readonly ToastGroup[] {
    const byKind = Map.groupBy(this.all, kindOf);
    return [...byKind.values()]
      .flatMap((toasts): ToastGroup[] => {
        const [first] = toasts;
        const newest = toasts.at(-1);
        return first && newest ? [{ id: first.id, newest, others: toasts.slice(0, -1).toReversed() }] : [];
      })
      .toSorted((a, b) => this.all.indexOf(a.newest) - this.all.indexOf(b.newest));
  }

  /** Says that something was done; gone after `seconds` (default 5). */
  say(text: string, options: { action?: ToastAction; seconds?: number; tone?: 'info' | 'ok' } = {}): number {
    const { action: run = null, seconds = 5, tone = 'ok' } = options;
    return this.show({ tone, text, error: null, action: run, seconds });
  }

  /** Shows a failure: `text` says what was requested, the error why it failed and what to do. */
  fail(text: string, error: TtError | ErrorRecord, run: ToastAction | null = null): number {
    const record = error instanceof Error ? toErrorRecord(error) : error;
    return this.show({ tone: 'danger', text, error: record, action: run, seconds: null });
  }

  /** Says why nothing was done: one such toast at a time, and the same words again (a key held down) stay the same toast. */
  explain(text: string): void {
    const before = this.all.find(({ id }) => id === this.#explanation);
    if (before?.text === text) {
      // One that is being read has no timer: it waits anyway.
      if (this.#timers.has(before.id)) {
        this.hold(before.id);
        this.resume(before.id);
      }
      return;
    }
    if (before) this.close(before.id);
    this.#explanation = this.say(text, { tone: 'info' });
  }

  show(toast: Omit<Toast, 'id' | 'count'>): number {
    const same = this.all.find((known) => isSame(known, toast));
    if (same) return this.#again(same);
    const id = this.#nextId++;
    const all = [...this.all, { ...toast, id, count: 1 }];
    for (const dropped of all.slice(0, -TOASTS_KEPT)) this.#forget(dropped.id);
    this.all = all.slice(-TOASTS_KEPT);
    this.resume(id);
    return id;
  }

  /** The same once more: the toast says so, comes to the end and gets its time again, unless somebody is reading it. */
  #again(same: Toast): number {
    const isHeld = same.seconds !== null && !this.#timers.has(same.id);
    this.all = [...this.all.filter(({ id }) => id !== same.id), { ...same, count: same.count + 1 }];
    if (!isHeld) {
      this.hold(same.id);
      this.resume(same.id);
    }
    return same.id;
  }

  closeGroup({ newest, others }: ToastGroup): void {
    for (const { id } of [newest, ...others]) this.close(id);
  }

  /** While the pointer or the focus is on it, a toast does not go away. */
  hold(id: number): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
  }

  resume(id: number): void {
    const seconds = this.all.find((toast) => toast.id === id)?.seconds ?? null;
    if (seconds === null || this.#timers.has(id)) return;
    this.#timers.set(
      id,
      setTimeout(() => this.close(id), seconds * 1000),
    );
  }

  close(id: number): void {
    this.#forget(id);
    this.all = this.all.filter((toast) => toast.id !== id);
  }

  closeAll(): void {
    for (const { id } of this.all) this.#forget(id);
    this.all = [];
  }

  isRead(id: number): boolean {
    return this.#read.has(id);
  }

  markRead(id: number): void {
    this.#read.add(id);
  }

  #forget(id: number): void {
    this.hold(id);
    this.#read.delete(id);
  }

  stop(): void {
    for (const id of this.#timers.keys()) this.hold(id);
  }
}

/** What can be undone is never the same as what was done before. */
function isSame(known: Toast, said: Omit<Toast, 'id' | 'count'>): boolean {
  return (
    known.action === null &&
    said.action === null &&
    known.tone === said.tone &&
    known.text === said.text &&
    JSON.stringify(known.error) === JSON.stringify(said.error)
  );
}

/** Failures belong together by their code. */
function kindOf({ id, tone, error }: Toast): string {
  return tone === 'danger' && error ? error.code : String(id);
}
