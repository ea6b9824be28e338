// Browser login and logout: codes and typed tokens become sessions; too many wrong guesses are delayed.
import { TtError } from '@tt/protocol';
import { Guesses } from './guesses.ts';
import { type Asker, type Caller, type Identities, isSomebody } from './identities.ts';
import { INVITATION_LIFETIME_MS, JoinCodes, LOGIN_CODE_LIFETIME_MS } from './join-codes.ts';
import { memorySessions, type SessionRecord, type SessionStore } from './session-store.ts';
import { type SessionOrigin, Sessions } from './sessions.ts';

const WINDOW_MS = 60_000;
/** Per address and minute. */
export const MOST_REFUSED_JOINS = 10;

export class Logins {
  readonly sessions: Sessions;
  readonly #codes: JoinCodes;
  readonly #identities: Identities;
  readonly #guesses: Guesses;

  constructor(identities: Identities, now: () => Date, store: SessionStore = memorySessions()) {
    this.sessions = new Sessions(identities, now, store);
    this.#codes = new JoinCodes(identities, now);
    this.#identities = identities;
    this.#guesses = new Guesses({ now, windowMs: WINDOW_MS, most: MOST_REFUSED_JOINS });
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

  /** For somebody who was identified elsewhere: good for whoever began that, who has the verifier of `challenge`. */
  inviteBack(caller: Caller, challenge: string): string {
    return this.#codes.issue(caller, LOGIN_CODE_LIFETIME_MS, challenge).code;
  }

  /**
   * Starts a session for a code or a typed token. Throws JOIN_CODE_INVALID, and JOIN_TOO_OFTEN after too many of those. A valid
   * code is always accepted: codes cannot be guessed, and guests share the address of this computer, so they could otherwise
   * lock out its owner. With a verifier it is the code of a login: throws LOGIN_EXPIRED if that is not known.
   */
  join(code: string, origin: SessionOrigin, verifier: string | null = null): { secret: string; record: SessionRecord } {
    const invited = this.#codes.redeem(code, verifier);
    if (invited) return this.sessions.begin(invited, origin);
    this.#mayGuess(origin.address);
    if (verifier !== null) throw this.#wrong(origin.address, 'LOGIN_EXPIRED');
    const typed = this.#identities.ofToken(code);
    if (typed) return this.sessions.begin(typed, origin);
    throw this.#wrong(origin.address);
  }

  /** Whether it is a code or a token of this server. It stays good. */
  isOurs(code: string): boolean {
    return this.#codes.has(code) || this.#identities.ofToken(code) !== null;
  }

  /** The user of a code, for a device that gets a token of its own. Throws as {@link join}; a token is no code. */
  redeem(code: string, address: string | null, verifier: string | null = null): Caller {
    const invited = this.#codes.redeem(code, verifier);
    if (invited) return invited;
    this.#mayGuess(address);
    throw this.#wrong(address, verifier === null ? 'JOIN_CODE_INVALID' : 'LOGIN_EXPIRED');
  }

  /** Notes that a session or a token of a device was used just now, from this IP address; null if it is unknown. */
  used({ caller, sessionId }: { caller: Asker; sessionId: string | null }, address: string | null): void {
    if (sessionId !== null) this.sessions.use(sessionId);
    if (isSomebody(caller) && caller.tokenId !== undefined) this.#identities.used(caller.tokenId, address);
  }

  #mayGuess(address: string | null): void {
    const retryAfterS = this.#guesses.waitS(address ?? '');
    if (retryAfterS !== null) throw new TtError('JOIN_TOO_OFTEN', { retryAfterS });
  }

  #wrong(address: string | null, code: 'JOIN_CODE_INVALID' | 'LOGIN_EXPIRED' = 'JOIN_CODE_INVALID'): TtError {
    this.#guesses.add(address ?? '');
    return new TtError(code, {});
  }
}
