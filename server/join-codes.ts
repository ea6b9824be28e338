// One-time codes for browser logins. They are kept in memory, work once within ten minutes, and are limited in number.
import { randomBytes } from 'node:crypto';
import { type Caller, type Identities, localAdmin } from './identities.ts';

const CODE_LIFETIME_MS = 10 * 60 * 1000;
/** A further code replaces the user's oldest one. */
export const MOST_CODES_PER_USER = 32;

interface Issued {
  caller: Caller;
  /** The hash of the user's token at that time: another token invalidates the code. */
  tokenSha256: string | null;
  expiresAt: Date;
}

export class JoinCodes {
  readonly #now: () => Date;
  readonly #identities: Identities;
  readonly #codes = new Map<string, Issued>();

  constructor(identities: Identities, now: () => Date) {
    this.#identities = identities;
    this.#now = now;
  }

  /** A code for a browser login as `caller`. */
  issue(caller: Caller): { code: string; expiresAt: Date } {
    for (const [old, { expiresAt }] of this.#codes) if (expiresAt <= this.#now()) this.#codes.delete(old);
    const theirs = [...this.#codes].filter(([, issued]) => issued.caller.name === caller.name);
    for (const [old] of theirs.slice(0, Math.max(0, theirs.length + 1 - MOST_CODES_PER_USER))) this.#codes.delete(old);
    const code = randomBytes(24).toString('base64url');
    const expiresAt = new Date(this.#now().getTime() + CODE_LIFETIME_MS);
    this.#codes.set(code, { caller, tokenSha256: this.#tokenOf(caller), expiresAt });
    return { code, expiresAt };
  }

  /** The user of the code, which can then not be used again. null if it is unknown, used or too old, or its user has changed. */
  redeem(code: string): Caller | null {
    const issued = this.#codes.get(code);
    this.#codes.delete(code);
    if (!issued || issued.expiresAt <= this.#now()) return null;
    if (this.#tokenOf(issued.caller) !== issued.tokenSha256) return null;
    return issued.caller.name === localAdmin.name || issued.tokenSha256 !== null ? issued.caller : null;
  }

  #tokenOf({ name }: Caller): string | null {
    return this.#identities.user(name)?.tokenSha256 ?? null;
  }
}
