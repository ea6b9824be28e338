// The time of now as something that can be observed: rings and "ago" words follow it. Ticks once a second while shown.
import { action, makeObservable, observable } from 'mobx';

export class ClockStore {
  now = Date.now();

  constructor() {
    makeObservable(this, { now: observable, tick: action });
  }

  tick(): void {
    this.now = Date.now();
  }

  start(): () => void {
    const timer = setInterval(() => this.tick(), 1000);
    return () => clearInterval(timer);
  }
}
