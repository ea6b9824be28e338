// Who is waiting for an image, by name. They get the progress of the build, and continue when it has ended.
import type { StepProgress } from './recipe.ts';

export interface ImageWaiter {
  name: string;
  /** Ends the wait early; {@link ImageWaits.wait} then rejects with its reason. */
  signal: AbortSignal;
  /** Immediately gets what is already known. */
  onProgress: (progress: StepProgress) => void;
}

export class ImageWaits {
  readonly #isComing: (name: string) => boolean;
  readonly #waiting = new Set<{ waiter: ImageWaiter; letGo: () => void }>();
  readonly #last = new Map<string, StepProgress>();

  /** `isComing`: whether an image of that name is being made, or will be without further requests. */
  constructor(isComing: (name: string) => boolean) {
    this.#isComing = isComing;
  }

  /** Resolves when the image is no longer being made, whatever the result; at once if it never was. */
  async wait(waiter: ImageWaiter): Promise<void> {
    const { name, signal, onProgress } = waiter;
    signal.throwIfAborted();
    if (!this.#isComing(name)) return;
    const known = this.#last.get(name);
    if (known) onProgress(known);
    const ended = Promise.withResolvers<void>();
    const entry = { waiter, letGo: ended.resolve };
    const abort = () => ended.reject(signal.reason);
    this.#waiting.add(entry);
    signal.addEventListener('abort', abort, { once: true });
    try {
      await ended.promise;
    } finally {
      signal.removeEventListener('abort', abort);
      this.#waiting.delete(entry);
    }
  }

  /** How far a build is. */
  progress(name: string, progress: StepProgress): void {
    this.#last.set(name, progress);
    for (const { waiter } of this.#waiting) if (waiter.name === name) waiter.onProgress(progress);
  }

  /** Something changed: lets those go whose image is not being made any more. */
  look(): void {
    for (const name of this.#last.keys()) if (!this.#isComing(name)) this.#last.delete(name);
    for (const { waiter, letGo } of this.#waiting) if (!this.#isComing(waiter.name)) letGo();
  }
}
