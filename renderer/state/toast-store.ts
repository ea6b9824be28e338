// Short messages at the foot of the window: what was done (with Undo), and what failed (stays until closed).
import { type ErrorRecord, type TtError, toErrorRecord } from '@tt/protocol';
import { action, makeObservable, observableRef } from 'mobx';

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
}

const MOST_SHOWN = 4;

export class ToastStore {
  shown: readonly Toast[] = [];
  #nextId = 1;
  /** The toast that says why the last key did nothing. */
  #explanation: number | null = null;
  readonly #timers = new Map<number, ReturnType<typeof setTimeout>>();

  constructor() {
    makeObservable(this, { shown: observableRef, close: action, show: action });
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
    const before = this.shown.find(({ id }) => id === this.#explanation);
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

  show(toast: Omit<Toast, 'id'>): number {
    const id = this.#nextId++;
    this.shown = [...this.shown, { ...toast, id }].slice(-MOST_SHOWN);
    this.resume(id);
    return id;
  }

  /** While the pointer or the focus is on it, a toast does not go away. */
  hold(id: number): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
  }

  resume(id: number): void {
    const seconds = this.shown.find((toast) => toast.id === id)?.seconds ?? null;
    if (seconds === null || this.#timers.has(id)) return;
    this.#timers.set(
      id,
      setTimeout(() => this.close(id), seconds * 1000),
    );
  }

  close(id: number): void {
    this.hold(id);
    this.shown = this.shown.filter((toast) => toast.id !== id);
  }

  stop(): void {
    for (const id of this.#timers.keys()) this.hold(id);
  }
}
