// Faults that a test injects into the fake engine: the next call of a method fails, or waits until it is released.
import { EngineError, type EngineErrorCode } from '../errors.ts';
import type { Engine, HeldGuest, LiveSave, RunningVm } from '../interface.ts';

type AsyncMethods<T> = { [K in keyof T]: T[K] extends (...args: never[]) => Promise<unknown> ? K : never }[keyof T];

/** Every promise-returning method of an engine, a running VM, a held guest, or a live save (whose `finish` and `hold` are `saveState`). */
export type EngineMethod =
  | AsyncMethods<Engine>
  | AsyncMethods<RunningVm>
  | Exclude<AsyncMethods<LiveSave>, 'finish' | 'hold'>
  | AsyncMethods<HeldGuest>;

interface Hold {
  reach: () => void;
  released: Promise<void>;
}

export class FaultPlan {
  readonly #failures = new Map<EngineMethod, EngineErrorCode>();
  readonly #holds = new Map<EngineMethod, Hold>();
  /** Called with the name of each method before it does anything. */
  onCall: (method: EngineMethod) => void = () => {};

  failNext(method: EngineMethod, code: EngineErrorCode): void {
    this.#failures.set(method, code);
  }

  holdNext(method: EngineMethod): { reached: Promise<void>; release: () => void } {
    const reached = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    this.#holds.set(method, { reach: reached.resolve, released: released.promise });
    return { reached: reached.promise, release: released.resolve };
  }

  /** To be called first in each method. Rejects as planned, or with CANCELLED when `signal` is or gets aborted. */
  async pass(method: EngineMethod, signal?: AbortSignal): Promise<void> {
    this.onCall(method);
    const hold = this.#holds.get(method);
    this.#holds.delete(method);
    hold?.reach();
    if (hold) await Promise.race([hold.released, aborted(signal)]);
    if (signal?.aborted) throw new EngineError('CANCELLED', `${method} was cancelled`, { cause: signal.reason });
    const code = this.#failures.get(method);
    if (code === undefined) return;
    this.#failures.delete(method);
    throw new EngineError(code, `${method} was told to fail`, { logTail: ['told to fail'] });
  }
}

function aborted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }));
}
