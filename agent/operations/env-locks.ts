// One change at a time to an ENV. A second caller is told at once what is going on instead of waiting in the dark.
import { type EnvHolder, TtError } from '@tt/protocol';

export class EnvLocks {
  readonly #held = new Map<string, EnvHolder>();

  /** Holds the ENV while `work` runs. Throws ENV_BUSY, naming what holds it, when it is already held. */
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
