// One paste under way, from the first key to the last: progress, stopping, and what it did. PasteDialog draws it.
import { type ErrorRecord, type KeyboardLayout, TtError, toErrorRecord } from '@tt/protocol';
import { makeObservable, observable, observableRef, runInAction } from 'mobx';
import type { TypeAsGuestReads, TypingEnd, TypingOptions } from './guest-keyboard.ts';
import { typable } from './typed-characters.ts';

export type PasteState = 'ready' | 'typing' | TypingEnd | 'failed';

/** A screen to type into, for as long as it is there. */
export interface Typist {
  type(text: string, options: TypingOptions): Promise<TypingEnd>;
}

export class PasteRun {
  state: PasteState = 'ready';
  progress = { done: 0, total: 0 };
  /** Why it failed. */
  error: ErrorRecord | null = null;
  readonly #typeAsGuestReads: TypeAsGuestReads | undefined;
  #abort: AbortController | null = null;

  constructor(typeAsGuestReads?: TypeAsGuestReads) {
    this.#typeAsGuestReads = typeAsGuestReads;
    makeObservable(this, { state: observable, progress: observableRef, error: observableRef });
  }

  /** Types `text` into this screen and no other: one that comes after it may show another guest's login. Never rejects. */
  async type(text: string, screen: Typist | null, layout: KeyboardLayout = 'us'): Promise<void> {
    if (this.state === 'typing') return;
    const abort = new AbortController();
    this.#abort = abort;
    const total = typable(text, layout).characters.length;
    this.#set('typing', 0, total);
    try {
      const end = await screen?.type(text, {
        signal: abort.signal,
        layout,
        onProgress: (done) => this.#set('typing', done, total),
        ...(this.#typeAsGuestReads && { typeAsGuestReads: this.#typeAsGuestReads }),
      });
      this.#set(end ?? 'closed', this.progress.done, total);
    } catch (cause) {
      const error = cause instanceof TtError ? cause : new TtError('AGENT_GONE', { call: 'console.type' }, { cause });
      this.#set('failed', this.progress.done, total, toErrorRecord(error));
    }
  }

  stop(): void {
    this.#abort?.abort();
  }

  #set(state: PasteState, done: number, total: number, error: ErrorRecord | null = null): void {
    runInAction(() => {
      this.state = state;
      this.progress = { done, total };
      this.error = error;
    });
  }
}
