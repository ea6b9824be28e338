// Who may come in: by token (programs) or by session cookie (browsers), and only from where the window is served.
import type { IncomingHttpHeaders } from 'node:http';
import { TtError } from '@tt/protocol';
import type { JoinCodes } from './join-codes.ts';
import { sameSecret } from './same-secret.ts';
import { sessionIn } from './session-cookie.ts';

export class Access {
  readonly #token: string;
  readonly #joinCodes: JoinCodes;
  readonly #isOurName: (host: string) => boolean;

  /** `isOurName`: whether a `host:port` is a way to reach this server; anything else may be a rebound DNS name. */
  constructor(token: string, joinCodes: JoinCodes, isOurName: (host: string) => boolean) {
    this.#token = token;
    this.#joinCodes = joinCodes;
    this.#isOurName = isOurName;
  }

  /**
   * Throws ORIGIN_REFUSED when a page of another origin asks (a browser always says so for writes and WebSockets), or
   * when the name asked for is not ours: a foreign page may point its own name at loopback ("DNS rebinding").
   */
  checkOrigin(headers: IncomingHttpHeaders): void {
    const host = headers.host ?? '';
    if (!this.#isOurName(host)) throw new TtError('ORIGIN_REFUSED', { origin: host || 'an unnamed host' });
    const { origin } = headers;
    if (origin !== undefined && origin !== `http://${host}`) throw new TtError('ORIGIN_REFUSED', { origin });
  }

  /** Throws UNAUTHORIZED without a good token or session. */
  checkIdentity(headers: IncomingHttpHeaders): void {
    const [scheme, token] = (headers.authorization ?? '').split(' ');
    if (scheme?.toLowerCase() === 'bearer' && token && sameSecret(token, this.#token)) return;
    const session = sessionIn(headers.cookie);
    if (session !== null && this.#joinCodes.hasSession(session)) return;
    throw new TtError('UNAUTHORIZED', {});
  }
}
