// One-time codes for logins. They are kept in memory, work once within their time, and are limited in number.
import { createHash, randomBytes } from 'node:crypto';
import { JOIN_CODE_LIFETIME_MS } from '@tt/protocol';
import type { Caller, Identities } from './identities.ts';

/** For whoever comes back from an OpenID provider: their browser goes on at once. */
export const LOGIN_CODE_LIFETIME_MS = 2 * 60 * 1000;
/** For somebody else, who has to be told first. Such a code has 192 random bits, so nobody finds it within that time. */
export const INVITATION_LIFETIME_MS = 24 * 60 * 60 * 1000;
/** A further code replaces the user's oldest one. */
export const MOST_CODES_PER_USER = 32;

interface Issued {
  caller: Caller;
  /** The anchor of the user at that time: another one invalidates the code. */
  anchor: string | null;
  /** Good only with what this is the SHA-256 of, in base64url; null: good alone. */
  challenge: string | null;
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

  /** A code for a login as `caller`. `challenge`: see {@link Issued}. */
  issue(
    caller: Caller,
    lifetimeMs = JOIN_CODE_LIFETIME_MS,
    challenge: string | null = null,
  ): { code: string; expiresAt: Date } {
    for (const [old, { expiresAt }] of this.#codes) if (expiresAt <= this.#now()) this.#codes.delete(old);
    const theirs = [...this.#codes].filter(([, issued]) => issued.caller.name === caller.name);
    for (const [old] of theirs.slice(0, Math.max(0, theirs.length + 1 - MOST_CODES_PER_USER))) this.#codes.delete(old);
    const code = randomBytes(24).toString('base64url');
    const expiresAt = new Date(this.#now().getTime() + lifetimeMs);
    this.#codes.set(code, { caller, anchor: this.#identities.anchorOf(caller.name), challenge, expiresAt });
    return { code, expiresAt };
  }

  has(code: string): boolean {
    return this.#codes.has(code);
  }

  /**
   * The user of the code, which can then not be used again. null if it is unknown, used or too old, its user has changed, or the verifier
   * is not the one of its challenge.
   */
  redeem(code: string, verifier: string | null = null): Caller | null {
    const issued = this.#codes.get(code);
    this.#codes.delete(code);
    if (!issued || issued.expiresAt <= this.#now() || issued.challenge !== challengeOf(verifier)) return null;
    const { name, tokenId } = issued.caller;
    if (issued.anchor === null || this.#identities.anchorOf(name) !== issued.anchor) return null;
    return tokenId === undefined || this.#identities.hasToken(tokenId, name) ? issued.caller : null;
  }
}

/** Both have 256 random bits, and a code is asked about once: comparing them takes no care. null: of none. */
export function challengeOf(verifier: string | null): string | null {
  return verifier === null ? null : createHash('sha256').update(verifier).digest('base64url');
}
