// One paste under way, from the first key to the last: progress, stopping, and what it did. PasteDialog draws it.
import { makeObservable, observable, observableRef, runInAction } from 'mobx';
import { planKeystrokes, type TypeOptions, typeKeystrokes } from './paste-keystrokes.ts';
import type { VncScreen } from './vnc-screen.ts';

export type PasteState = 'ready' | 'typing' | 'done' | 'stopped' | 'lost';

export class PasteRun {
  state: PasteState = 'ready';
  progress = { done: 0, total: 0 };
  readonly #pause: TypeOptions['pause'];
  #abort: AbortController | null = null;

  constructor(pause?: () => Promise<void>) {
    this.#pause = pause;
    makeObservable(this, { state: observable, progress: observableRef });
  }

  /** Types `text` into whatever screen `screenOf` gives at each key; a screen that is gone ends it as `lost`. */
  async type(text: string, screenOf: () => VncScreen | null): Promise<void> {
    if (this.state === 'typing') return;
    const plan = planKeystrokes(text);
    const first = screenOf();
    const abort = new AbortController();
    this.#abort = abort;
    this.#set('typing', 0, plan.characters.length);
    let lost = false;
    const done = await typeKeystrokes(plan, {
      signal: abort.signal,
      send: (event) => {
        const screen = screenOf();
        // Keys must not go on into a screen that came back after a restart of the guest.
        if (screen && screen === first) screen.send(event);
        else {
          lost = true;
          abort.abort();
        }
      },
      onProgress: (count, total) => this.#set('typing', count, total),
      ...(this.#pause ? { pause: this.#pause } : {}),
    });
    const total = plan.characters.length;
    this.#set(lost ? 'lost' : done < total ? 'stopped' : 'done', lost ? Math.max(0, done - 1) : done, total);
  }

  stop(): void {
    this.#abort?.abort();
  }

  #set(state: PasteState, done: number, total: number): void {
    runInAction(() => {
      this.state = state;
      this.progress = { done, total };
    });
  }
}
