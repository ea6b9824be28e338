// An event emitter that knows which events the test host can emit: listening to any other throws.
import { EventEmitter } from 'node:events';
import { checkEvent } from '../not-modelled.ts';

type Listener = Parameters<EventEmitter['on']>[1];

export class StrictEmitter {
  readonly #emitter = new EventEmitter();
  readonly #owner: string;
  readonly #events: readonly string[];

  constructor(owner: string, events: readonly string[]) {
    this.#owner = owner;
    this.#events = events;
  }

  on(event: string, listener: Listener): this {
    checkEvent(this.#owner, event, this.#events);
    this.#emitter.on(event, listener);
    return this;
  }

  once(event: string, listener: Listener): this {
    checkEvent(this.#owner, event, this.#events);
    this.#emitter.once(event, listener);
    return this;
  }

  off(event: string, listener: Listener): this {
    this.#emitter.off(event, listener);
    return this;
  }

  removeAllListeners(event: string): this {
    this.#emitter.removeAllListeners(event);
    return this;
  }

  /** For the test host only. */
  fire(event: string, ...args: unknown[]): void {
    this.#emitter.emit(event, ...args);
  }

  /** For the test host only. */
  hasListeners(event: string): boolean {
    return this.#emitter.listenerCount(event) > 0;
  }
}

/** An event whose default can be prevented, as Electron gives them. */
export function preventable<Fields extends object>(fields: Fields) {
  return {
    ...fields,
    defaultPrevented: false,
    preventDefault() {
      this.defaultPrevented = true;
    },
  };
}
