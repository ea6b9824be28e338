// What began elsewhere a moment ago and is not shown yet: with a hundred short operations a second, drawing a line for each and
// taking it away again was much of what the window did, and nobody could read them.
import { action, makeObservable, observable } from 'mobx';

/** What ends sooner is never shown. Shorter than people notice. */
export const SHOWN_AFTER_MS = 100;

export class BegunElsewhere {
  /** When each is to be shown, soonest first. */
  readonly #dueById = observable.map<string, number>({}, { deep: false });
  #isWaiting = false;

  constructor() {
    makeObservable(this, { add: action, remove: action });
  }

  /** Whoever asks is told when it is to be shown. */
  has(id: string): boolean {
    return this.#dueById.has(id);
  }

  add(id: string): void {
    this.#dueById.set(id, performance.now() + SHOWN_AFTER_MS);
    this.#wait(SHOWN_AFTER_MS);
  }

  /** It has ended. */
  remove(id: string): void {
    this.#dueById.delete(id);
  }

  /** One timer for all of them; none while there is nothing to wait for. */
  #wait(ms: number): void {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    setTimeout(this.#showDue, ms);
  }

  readonly #showDue = action(() => {
    this.#isWaiting = false;
    const now = performance.now();
    for (const [id, due] of this.#dueById) {
      if (due > now) return this.#wait(due - now);
      this.#dueById.delete(id);
    }
  });
}
