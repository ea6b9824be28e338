// One-time codes that let a browser in, and the sessions made from them. A code lives in memory and is good once; a
// session is signed with the access token, so it outlives a restart of the server and ends when the token is changed.
import { createHmac, randomBytes } from 'node:crypto';
import { sameSecret } from './same-secret.ts';

const CODE_LIFETIME_MS = 10 * 60 * 1000;
const SESSION_LIFETIME_MS = 12 * 60 * 60 * 1000;

export class JoinCodes {
  readonly #now: () => Date;
  readonly #token: string;
  readonly #codes = new Map<string, Date>();

  /** `token` is the server's access token: typed into the login page it opens a session too. */
  constructor(token: string, now: () => Date) {
    this.#token = token;
    this.#now = now;
  }

  issue(): { code: string; expiresAt: Date } {
    this.#forgetOld();
    const code = randomBytes(24).toString('base64url');
    const expiresAt = new Date(this.#now().getTime() + CODE_LIFETIME_MS);
    this.#codes.set(code, expiresAt);
    return { code, expiresAt };
  }

  /** A new session for a code (which is then used up) or for the token; null when neither fits. */
  redeem(code: string): string | null {
    const expiresAt = this.#codes.get(code);
    this.#codes.delete(code);
    const good = (expiresAt !== undefined && expiresAt > this.#now()) || sameSecret(code, this.#token);
    if (!good) return null;
    const claim = `${this.#now().getTime() + SESSION_LIFETIME_MS}.${randomBytes(16).toString('base64url')}`;
    return `${claim}.${this.#sign(claim)}`;
  }

  /** Whether this server (with this token) made the session, and it is not over. */
  hasSession(session: string): boolean {
    const end = session.lastIndexOf('.');
    const claim = session.slice(0, Math.max(0, end));
    if (!sameSecret(session.slice(end + 1), this.#sign(claim))) return false;
    return Number(claim.split('.')[0]) > this.#now().getTime();
  }

  #sign(claim: string): string {
    return createHmac('sha256', this.#token).update(`tt-session:${claim}`).digest('base64url');
  }

  #forgetOld(): void {
    for (const [code, expiresAt] of this.#codes) if (expiresAt <= this.#now()) this.#codes.delete(code);
  }
}
