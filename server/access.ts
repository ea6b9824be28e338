// Access control: by the token of a user (programs) or the secret of a session (browsers), sent in a header or a first frame
// but never in a cookie; and only from the origin of the window.
import type { IncomingHttpHeaders } from 'node:http';
import { TtError } from '@tt/protocol';
import { type Asker, type Identities, nobody } from './identities.ts';
import type { Logins } from './logins.ts';

/** The caller, and the session used. */
export interface Identified {
  caller: Asker;
  /** null for a caller with a token, or with nothing. */
  sessionId: string | null;
}

export class Access {
  readonly #identities: Identities;
  readonly #logins: Logins;
  readonly #scheme: 'http' | 'https';
  readonly #isOurName: (host: string) => boolean;

  /** `isOurName`: whether a `host:port` is a name of this server; anything else may be a rebound DNS name. */
  constructor(
    identities: Identities,
    logins: Logins,
    { scheme, isOurName }: { scheme: 'http' | 'https'; isOurName: (host: string) => boolean },
  ) {
    this.#identities = identities;
    this.#logins = logins;
    this.#scheme = scheme;
    this.#isOurName = isOurName;
  }

  /**
   * Throws ORIGIN_REFUSED if a page of another origin makes the request (a browser always says so for writes and WebSockets),
   * or if the requested host name is not ours: a foreign page can point its own name to loopback ("DNS rebinding").
   */
  checkOrigin(headers: IncomingHttpHeaders): void {
    const host = headers.host ?? '';
    if (!this.#isOurName(host)) throw new TtError('ORIGIN_REFUSED', { origin: host || '-' });
    const { origin } = headers;
    if (origin !== undefined && origin !== `${this.#scheme}://${host}`) throw new TtError('ORIGIN_REFUSED', { origin });
  }

  /** The owner of the token or session secret; nobody if it is not valid (any more), or there is none. */
  identify(credential: string | null): Identified {
    if (!credential) return { caller: nobody, sessionId: null };
    const byToken = this.#identities.ofToken(credential);
    if (byToken) return { caller: byToken, sessionId: null };
    const session = this.#logins.sessions.find(credential);
    return session ? { caller: session.caller, sessionId: session.id } : { caller: nobody, sessionId: null };
  }

  /** Notes that a session was used just now. */
  used({ sessionId }: Identified): void {
    if (sessionId !== null) this.#logins.sessions.use(sessionId);
  }

  /** Calls `listener` after users have changed or sessions have ended; returns how to stop that. */
  onChange(listener: () => void): () => void {
    const stops = [this.#identities.onChange(listener), this.#logins.sessions.onEnd(listener)];
    return () => {
      for (const stop of stops) stop();
    };
  }
}

/** The token in the Authorization header (RFC 6750); '' if it cannot be parsed, null without the header. */
export function credentialIn({ authorization }: IncomingHttpHeaders): string | null {
  if (authorization === undefined) return null;
  const [scheme, credential, ...more] = authorization.split(' ');
  return scheme?.toLowerCase() === 'bearer' && credential && more.length === 0 ? credential : '';
}
