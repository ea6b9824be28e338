// One-time codes that let a browser in, and the sessions made from them. A code lives in memory and is good once. A
// session is signed with the server's own token, so it outlives a restart and ends when that token is changed; one of a
// user also ends with the user's own token.
import { createHmac, randomBytes } from 'node:crypto';
import { type Caller, callerOf, Identities, localAdmin } from './identities.ts';
import { sameSecret } from './same-secret.ts';

const CODE_LIFETIME_MS = 10 * 60 * 1000;
const SESSION_LIFETIME_MS = 12 * 60 * 60 * 1000;

/** Somebody at the moment a code was made or a session opened: the token they had then is part of who they are. */
interface Holder {
  caller: Caller;
  /** Hash of the user's token; empty for the owner of the server's own. */
  tokenSha256: string;
}

export class JoinCodes {
  readonly #now: () => Date;
  readonly #identities: Identities;
  readonly #codes = new Map<string, { holder: Holder; expiresAt: Date }>();

  /** `identities`: or the server's own token alone, where there are no users. */
  constructor(identities: Identities | string, now: () => Date) {
    this.#identities = typeof identities === 'string' ? new Identities(identities) : identities;
    this.#now = now;
  }

  /** A code that lets a browser in as `caller`. */
  issue(caller: Caller = localAdmin): { code: string; expiresAt: Date } {
    this.#forgetOld();
    const code = randomBytes(24).toString('base64url');
    const expiresAt = new Date(this.#now().getTime() + CODE_LIFETIME_MS);
    const holder = this.#holder(caller);
    if (holder !== null) this.#codes.set(code, { holder, expiresAt });
    return { code, expiresAt };
  }

  /** A new session for a code (which is then used up) or for a token typed by hand; null when neither fits. */
  redeem(code: string): string | null {
    const issued = this.#codes.get(code);
    this.#codes.delete(code);
    const byToken = this.#identities.ofToken(code);
    const holder = byToken === null ? null : this.#holder(byToken);
    if (holder !== null) return this.#makeSession(holder);
    if (issued === undefined || issued.expiresAt <= this.#now() || !this.#isCurrent(issued.holder)) return null;
    return this.#makeSession(issued.holder);
  }

  /**
   * Whose session it is, with the role they have now; null when this server (with this token) did not make it, it is
   * over, or its user is gone or has another token.
   */
  callerOf(session: string): Caller | null {
    const end = session.lastIndexOf('.');
    const claim = session.slice(0, Math.max(0, end));
    const [expiry, , name] = claim.split('.');
    // Without a name it is the owner's; so are all sessions made before there were users.
    const user = name === undefined ? null : this.#identities.user(fromText(name));
    const tokenSha256 = user?.tokenSha256 ?? '';
    if (!sameSecret(session.slice(end + 1), this.#sign(claim, tokenSha256))) return null;
    if (!(Number(expiry) > this.#now().getTime())) return null;
    if (name === undefined) return localAdmin;
    return user === null ? null : callerOf(user);
  }

  #makeSession({ caller, tokenSha256 }: Holder): string {
    const expiry = this.#now().getTime() + SESSION_LIFETIME_MS;
    const owner = tokenSha256 === '' ? '' : `.${toText(caller.name)}`;
    const claim = `${expiry}.${randomBytes(16).toString('base64url')}${owner}`;
    return `${claim}.${this.#sign(claim, tokenSha256)}`;
  }

  /** null for a user who is not there any more. */
  #holder(caller: Caller): Holder | null {
    if (caller.name === localAdmin.name) return { caller: localAdmin, tokenSha256: '' };
    const user = this.#identities.user(caller.name);
    return user === null ? null : { caller: callerOf(user), tokenSha256: user.tokenSha256 };
  }

  #isCurrent({ caller, tokenSha256 }: Holder): boolean {
    return this.#holder(caller)?.tokenSha256 === tokenSha256;
  }

  #sign(claim: string, tokenSha256: string): string {
    const owner = tokenSha256 === '' ? '' : `:${tokenSha256}`;
    return createHmac('sha256', this.#identities.ownToken).update(`tt-session:${claim}${owner}`).digest('base64url');
  }

  #forgetOld(): void {
    for (const [code, { expiresAt }] of this.#codes) if (expiresAt <= this.#now()) this.#codes.delete(code);
  }
}

/** Names may hold dots, which part the fields of a session. */
function toText(name: string): string {
  return Buffer.from(name).toString('base64url');
}

function fromText(text: string): string {
  return Buffer.from(text, 'base64url').toString('utf8');
}
