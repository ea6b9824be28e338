// Logins that failed at the OpenID provider or here: the browser takes a code on, as after one that did not, and whoever began the
// login gets the reason for it. So no address has a text that somebody else could have written.
import { randomBytes } from 'node:crypto';
import type { TtError } from '@tt/protocol';
import { challengeOf } from '@tt/server';

const LIFETIME_MS = 2 * 60_000;
/** A further one ends the oldest. */
const MOST_KEPT = 2000;

export class FailedLogins {
  readonly #now: () => Date;
  readonly #byCode = new Map<string, { error: TtError; challenge: string; expiresAt: number }>();

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** A code that is good once, with the verifier of `challenge`. */
  keep(error: TtError, challenge: string): string {
    const now = this.#now().getTime();
    for (const [code, { expiresAt }] of this.#byCode) if (expiresAt <= now) this.#byCode.delete(code);
    const [oldest] = this.#byCode.keys();
    if (oldest !== undefined && this.#byCode.size >= MOST_KEPT) this.#byCode.delete(oldest);
    const code = randomBytes(24).toString('base64url');
    this.#byCode.set(code, { error, challenge, expiresAt: now + LIFETIME_MS });
    return code;
  }

  /** Throws what the login of this code failed with. */
  mustNotBe(code: string, verifier: string): void {
    const failed = this.#byCode.get(code);
    if (!failed) return;
    this.#byCode.delete(code);
    if (failed.challenge === challengeOf(verifier) && failed.expiresAt > this.#now().getTime()) throw failed.error;
  }
}
