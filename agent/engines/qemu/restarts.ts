// Tells when a guest restarts itself (QEMU's qapi/run-state.json, RESET): its ports stay open, so nobody else would notice. Used by
// `running-qemu.ts`.
import type { QmpClient } from './qmp-client.ts';

export class Restarts {
  readonly #listeners = new Set<() => void>();

  constructor(qmp: QmpClient) {
    qmp.on('RESET', ({ guest }) => {
      // Others are resets that the agent has asked for.
      if (!guest) return;
      for (const listener of this.#listeners) listener();
    });
  }

  listen(listener: () => void): () => void {
    // One of its own: the same function may listen twice.
    const own = () => listener();
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }
}
