// Browser login and logout: codes and typed tokens become sessions; too many wrong guesses are delayed.
import { TtError } from '@tt/protocol';
import type { Caller, Identities } from './identities.ts';
import { JoinCodes } from './join-codes.ts';
import { memorySessions, type SessionRecord, type SessionStore } from './session-store.ts';
import { type SessionOrigin, Sessions } from './sessions.ts';

const WINDOW_MS = 60_000;
/** Per address and minute. */
export const MOST_REFUSED_JOINS = 10;
/** The number of addresses watched at the same time. */
const MOST_WATCHED = 10_000;

export class Logins {
  readonly sessions: Sessions;
  readonly #codes: JoinCodes;
  readonly #identities: Identities;
  readonly #now: () => Date;
  readonly #refused = new Map<string, { since: number; count: number }>();

  constructor(identities: Identities, now: () => Date, store: SessionStore = memorySessions()) {
    this.sessions = new Sessions(identities, now, store);
    this.#codes = new JoinCodes(identities, now);
    this.#identities = identities;
    this.#now = now;
  }

  /** A one-time code for a browser login as `caller`. */
  invite(caller: Caller): { code: string; expiresAt: Date } {
    return this.#codes.issue(caller);
  }

  /**
   * Starts a session for a code or a typed token. Throws JOIN_CODE_INVALID, and JOIN_TOO_OFTEN after too many of those. A valid
   * code is always accepted: codes cannot be guessed, and guests share the address of this computer, so they could otherwise
   * lock out its owner.
   */
  join(code: string, origin: SessionOrigin): { secret: string; record: SessionRecord } {
    const invited = this.#codes.redeem(code);
    if (invited) return this.sessions.begin(invited, origin);
    const watch = this.#watch(origin.address ?? '');
    if (watch.count >= MOST_REFUSED_JOINS) {
      const retryAfterS = Math.ceil((watch.since + WINDOW_MS - this.#now().getTime()) / 1000);
      throw new TtError('JOIN_TOO_OFTEN', { retryAfterS });
    }
    const typed = this.#identities.ofToken(code);
    if (typed) return this.sessions.begin(typed, origin);
    watch.count++;
    throw new TtError('JOIN_CODE_INVALID', {});
  }

  #watch(address: string): { since: number; count: number } {
    const now = this.#now().getTime();
    let watch = this.#refused.get(address);
    if (!watch || now - watch.since >= WINDOW_MS) {
      watch = { since: now, count: 0 };
      this.#refused.delete(address);
      this.#refused.set(address, watch);
      const [oldest] = this.#refused.keys();
      if (this.#refused.size > MOST_WATCHED && oldest !== undefined) this.#refused.delete(oldest);
    }
    return watch;
  }
}
