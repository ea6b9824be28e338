// Troubles of a guest that do not end it, told to whoever listens: QEMU stops a guest that writes when the host's disk is
// full, and only an event (QEMU's qapi/block-core.json, BLOCK_IO_ERROR) says so. Used by `running-qemu.ts`.
import type { QmpClient } from './qmp-client.ts';
import type { BlockIoErrorEvent } from './qmp-schema.gen.ts';

export type TroubleListener = (reason: string) => void;

export class Troubles {
  readonly #listeners = new Set<TroubleListener>();
  /** What was told last; forgotten when the guest goes on. */
  #current: string | null = null;

  constructor(qmp: QmpClient) {
    qmp.on('BLOCK_IO_ERROR', (data) => this.raise(describe(data)));
    qmp.on('RESUME', () => {
      this.#current = null;
    });
  }

  /** Each failed request of a guest is an event of its own; the listeners hear of the first. */
  raise(reason: string): void {
    if (this.#current === reason) return;
    this.#current = reason;
    for (const listener of this.#listeners) listener(reason);
  }

  listen(listener: TroubleListener): () => void {
    // A copy of its own: the same function may listen twice.
    const own: TroubleListener = (reason) => listener(reason);
    this.#listeners.add(own);
    const current = this.#current;
    if (current !== null) queueMicrotask(() => this.#listeners.has(own) && own(current));
    return () => this.#listeners.delete(own);
  }
}

/** For a guest found stopped by its disk (run state `io-error`), when the event was heard by nobody. */
export const FOUND_STOPPED = 'the guest is paused: its disk on the host is full or broken';

function describe({ action, nospace, reason }: BlockIoErrorEvent): string {
  if (action !== 'stop') return `the disk on the host failed, and the guest was told: ${reason}`;
  return nospace
    ? 'the guest is paused: its disk on the host is full'
    : `the guest is paused: its disk on the host failed: ${reason}`;
}
