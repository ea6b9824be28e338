// One change to an ENV at a time. A second caller is told immediately what is running instead of waiting.
import { type EnvHolder, TtError } from '@tt/protocol';

export class EnvLocks {
  readonly #held = new Map<string, EnvHolder>();

  /** Locks the ENV while `work` runs. Throws ENV_BUSY, naming the holder, if it is already locked. */
  async hold<Result>(envName: string, operation: EnvHolder, work: () => Promise<Result>): Promise<Result> {
    const holder = this.#held.get(envName);
    if (holder !== undefined) throw new TtError('ENV_BUSY', { envName, operation: holder });
    this.#held.set(envName, operation);
    try {
      return await work();
    } finally {
      this.#held.delete(envName);
    }
  }

  isHeld(envName: string): boolean {
    return this.#held.has(envName);
  }
}
