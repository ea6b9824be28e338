// Whether somebody knows a password: one is checked at a time, as each takes memory and a processor; wrong ones are counted by user and by
// address. Who guesses too often waits, also with the right one; tokens and links still work, so nobody can be locked out of everything.
import { TtError } from '@tt/protocol';
import { Guesses } from '@tt/server';
import { Mutex } from '../host/mutex.ts';
import { hashPassword, isPassword, PASSWORD_COST, type PasswordCost } from './passwords.ts';

const WINDOW_MS = 15 * 60_000;
export const MOST_WRONG_PER_USER = 20;
/** A whole office may come from one address, and so do the guests of this host. */
export const MOST_WRONG_PER_ADDRESS = 100;

export interface Attempt {
  userName: string;
  password: string;
  /** IP address; null if unknown. */
  address: string | null;
}

export class PasswordLogin {
  readonly #cost: PasswordCost;
  readonly #byUser: Guesses;
  readonly #byAddress: Guesses;
  readonly #oneAtATime = new Mutex();
  /** By hash, so that a new password begins anew: since the user came in last. */
  readonly #wrong = new Map<string, number>();
  #dummy: Promise<string> | null = null;

  constructor(now: () => Date, cost: PasswordCost = PASSWORD_COST) {
    this.#cost = cost;
    this.#byUser = new Guesses({ now, windowMs: WINDOW_MS, most: MOST_WRONG_PER_USER });
    this.#byAddress = new Guesses({ now, windowMs: WINDOW_MS, most: MOST_WRONG_PER_ADDRESS });
  }

  hash(password: string): Promise<string> {
    return this.#oneAtATime.run(() => hashPassword(password, this.#cost));
  }

  /**
   * How many wrong ones came for this user since the last right one. `hash`: null for a user without a password, or who does not
   * exist, which takes as long. Throws PASSWORD_WRONG, PASSWORD_TOO_OFTEN.
   */
  async check({ userName, password, address }: Attempt, hash: string | null): Promise<number> {
    const waitS = this.#byUser.waitS(userName) ?? (address === null ? null : this.#byAddress.waitS(address));
    if (waitS !== null) throw new TtError('PASSWORD_TOO_OFTEN', { retryAfterS: waitS });
    // Before the answer is known: many that are sent at once are all counted.
    this.#byUser.add(userName);
    if (address !== null) this.#byAddress.add(address);
    const isRight = await this.#oneAtATime.run(async () => isPassword(password, hash ?? (await this.#anyHash())));
    const before = this.#wrong.get(hash ?? '') ?? 0;
    if (hash === null || !isRight) {
      // Names that nobody has are not kept.
      if (hash !== null) this.#wrong.set(hash, before + 1);
      throw new TtError('PASSWORD_WRONG', {});
    }
    this.#byUser.takeBack(userName);
    if (address !== null) this.#byAddress.takeBack(address);
    this.#wrong.delete(hash);
    return before;
  }

  #anyHash(): Promise<string> {
    this.#dummy ??= hashPassword('', this.#cost);
    return this.#dummy;
  }
}
