// Browser login and logout: codes and typed tokens become sessions; too many wrong guesses are delayed.
import { TtError } from '@tt/protocol';
import { type Asker, type Caller, type Identities, isSomebody } from './identities.ts';
import { INVITATION_LIFETIME_MS, JoinCodes } from './join-codes.ts';
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

  /** A one-time code for a login as `caller`. */
  invite(caller: Caller): { code: string; expiresAt: Date } {
    return this.#codes.issue(caller);
  }

  /** The same for somebody else, who has longer to use it. null: there is no user of this name. */
  inviteOther(userName: string): { code: string; expiresAt: Date } | null {
    const user = this.#identities.named(userName);
    return user && this.#codes.issue(user, INVITATION_LIFETIME_MS);
  }

  /**
   * Starts a session for a code or a typed token. Throws JOIN_CODE_INVALID, and JOIN_TOO_OFTEN after too many of those. A valid
   * code is always accepted: codes cannot be guessed, and guests share the address of this computer, so they could otherwise
   * lock out its owner.
   */
  join(code: string, origin: SessionOrigin): { secret: string; record: SessionRecord } {
    const invited = this.#codes.redeem(code);
    if (invited) return this.sessions.begin(invited, origin);
    const watch = this.#mayGuess(origin.address);
    const typed = this.#identities.ofToken(code);
    if (typed) return this.sessions.begin(typed, origin);
    watch.count++;
    throw new TtError('JOIN_CODE_INVALID', {});
  }

  /** Whether it is a code or a token of this server. It stays good. */
  isOurs(code: string): boolean {
    return this.#codes.has(code) || this.#identities.ofToken(code) !== null;
  }

  /** The user of a code, for a device that gets a token of its own. Throws as {@link join}; a token is no code. */
  redeem(code: string, address: string | null): Caller {
    const invited = this.#codes.redeem(code);
    if (invited) return invited;
    this.#mayGuess(address).count++;
    throw new TtError('JOIN_CODE_INVALID', {});
  }

  /** Notes that a session or a token of a device was used just now, from this IP address; null if it is unknown. */
  used({ caller, sessionId }: { caller: Asker; sessionId: string | null }, address: string | null): void {
    if (sessionId !== null) this.sessions.use(sessionId);
    if (isSomebody(caller) && caller.tokenId !== undefined) this.#identities.used(caller.tokenId, address);
  }

  #mayGuess(address: string | null): { since: number; count: number } {
    const watch = this.#watch(address ?? '');
    if (watch.count < MOST_REFUSED_JOINS) return watch;
    const retryAfterS = Math.ceil((watch.since + WINDOW_MS - this.#now().getTime()) / 1000);
    throw new TtError('JOIN_TOO_OFTEN', { retryAfterS });
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
