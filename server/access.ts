// Who may come in: by token (programs) or by session cookie (browsers), and only from where the window is served.
import type { IncomingHttpHeaders } from 'node:http';
import { TtError } from '@tt/protocol';
import { type Asker, type Identities, nobody } from './identities.ts';
import type { JoinCodes } from './join-codes.ts';
import { sessionIn } from './session-cookie.ts';

export class Access {
  readonly #identities: Identities;
  readonly #joinCodes: JoinCodes;
  readonly #isOurName: (host: string) => boolean;

  /** `isOurName`: whether a `host:port` is a way to reach this server; anything else may be a rebound DNS name. */
  constructor(identities: Identities, joinCodes: JoinCodes, isOurName: (host: string) => boolean) {
    this.#identities = identities;
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

  /** Who asks; nobody when neither token nor session is good (any more). */
  callerOf(headers: IncomingHttpHeaders): Asker {
    const [scheme, token, ...more] = (headers.authorization ?? '').split(' ');
    const byToken =
      scheme?.toLowerCase() === 'bearer' && token && more.length === 0 ? this.#identities.ofToken(token) : null;
    if (byToken !== null) return byToken;
    const session = sessionIn(headers.cookie);
    return (session === null ? null : this.#joinCodes.callerOf(session)) ?? nobody;
  }

  /** Calls `listener` after the users have changed; returns how to stop that. */
  onChange(listener: () => void): () => void {
    return this.#identities.onChange(listener);
  }
}
