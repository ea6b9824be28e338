// Logins that were begun and whose browser is at the OpenID provider: each is good once, for ten minutes, and there are not too many.
import { randomBytes } from 'node:crypto';
import { TtError } from '@tt/protocol';

const LIFETIME_MS = 10 * 60_000;
/** One is some hundred bytes. */
export const MOST_PENDING = 2000;
/** A whole office may come from one address. */
export const MOST_PENDING_PER_ADDRESS = 200;

/** Where the browser goes in the end, and what only whoever began the login has. */
export interface LoginBeginner {
  /** SHA-256 of the beginner’s verifier, base64url. */
  challenge: string;
  /** A program that listens at 127.0.0.1 of the browser’s computer; null: the window. */
  device: { port: number; key: string } | null;
  /** IP address; null if unknown. */
  address: string | null;
}

export interface PendingLogin extends LoginBeginner {
  /** Comes back with the browser, and means this login. */
  state: string;
  /** Stands in what the provider says about the person: that is for this login. */
  nonce: string;
  /** Shown to the provider with the code (PKCE). */
  pkceVerifier: string;
  expiresAt: Date;
}

export class PendingLogins {
  readonly #now: () => Date;
  readonly #byState = new Map<string, PendingLogin>();

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** Throws LOGIN_TOO_MANY. */
  begin(beginner: LoginBeginner): PendingLogin {
    const now = this.#now().getTime();
    const { address } = beginner;
    let first: PendingLogin | null = null;
    let oldest: PendingLogin | null = null;
    let theirs = 0;
    // In the order in which they were begun, which is that of their ends.
    for (const [state, login] of this.#byState) {
      if (login.expiresAt.getTime() <= now) this.#byState.delete(state);
      else {
        first ??= login;
        if (address === null || login.address !== address) continue;
        oldest ??= login;
        theirs++;
      }
    }
    const full = this.#byState.size >= MOST_PENDING ? first : theirs >= MOST_PENDING_PER_ADDRESS ? oldest : null;
    if (full) throw new TtError('LOGIN_TOO_MANY', { retryAfterS: Math.ceil((full.expiresAt.getTime() - now) / 1000) });
    const login = { ...beginner, state: secret(), nonce: secret(), pkceVerifier: secret() };
    const pending = { ...login, expiresAt: new Date(now + LIFETIME_MS) };
    this.#byState.set(pending.state, pending);
    return pending;
  }

  /** null: it is unknown, too old, or was taken before. */
  take(state: string): PendingLogin | null {
    const pending = this.#byState.get(state);
    this.#byState.delete(state);
    return pending && pending.expiresAt > this.#now() ? pending : null;
  }

  clear(): void {
    this.#byState.clear();
  }
}

/** 256 random bits in base64url: also what PKCE wants. */
function secret(): string {
  return randomBytes(32).toString('base64url');
}
