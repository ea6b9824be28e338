// The time of now as something that can be observed: rings and "ago" words follow it. Ticks once a second while shown. What is
// known of the server has a time of its own, which is held while the link is down: nothing counts down that may have changed.
import { action, computed, makeObservable, observable } from 'mobx';

export class ClockStore {
  now = Date.now();
  /** Until when the server was heard of, in ms since 1970; null while it is. */
  heldAt: number | null = null;

  constructor() {
    makeObservable(this, { now: observable, heldAt: observable, known: computed, tick: action, hold: action });
  }

  /** The moment that what is shown of the server is true of: now, or when it was last heard of. In ms since 1970. */
  get known(): number {
    return this.heldAt ?? this.now;
  }

  tick(): void {
    this.now = Date.now();
  }

  /** null: it is heard of again. */
  hold(at: number | null): void {
    this.heldAt = at;
  }

  start(): () => void {
    const timer = setInterval(() => this.tick(), 1000);
    return () => clearInterval(timer);
  }
}
