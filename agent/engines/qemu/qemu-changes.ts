// Changes of the states, drives and ports of one QEMU: one after the other, also behind a live save. All other commands only wait for what
// keeps QEMU from answering. Part of `running-qemu.ts`.
import type { RunningSave } from './live-save.ts';

export class QemuChanges {
  /** The end of the last one that was asked for. */
  #last: Promise<unknown> = Promise.resolve();
  /** The end of the one that runs. */
  #running: Promise<unknown> = Promise.resolve();

  /** Resolves when QEMU can answer: the change that runs is over, whether it failed or not. Those that wait for their turn do not count. */
  get answers(): Promise<unknown> {
    return this.#running;
  }

  /** Rejects as `work` does. */
  run<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(() => {
      const working = work();
      this.#running = working.catch(() => {});
      return working;
    });
    this.#last = result.catch(() => {});
    return result;
  }

  /** Begins a save in its turn; the next change waits until it is over. QEMU answers meanwhile. */
  beginSave(begin: () => Promise<RunningSave>): Promise<RunningSave> {
    const begun = this.#last.then(begin);
    this.#last = begun.then(
      ({ over }) => over,
      () => {},
    );
    return begun;
  }
}
