// Access control: by the token of a user (programs) or the secret of a session (browsers), sent in a header or a first frame
// but never in a cookie; and only from the origin of the window.
import type { IncomingHttpHeaders } from 'node:http';
import { TtError } from '@tt/protocol';
import { type Asker, type Identities, nobody } from './identities.ts';
import type { Logins } from './logins.ts';

/** Who asks, and by which session. */
export interface Identified {
  caller: Asker;
  /** null for one who shows a token, or nothing. */
  sessionId: string | null;
}

export class Access {
  readonly #identities: Identities;
  readonly #logins: Logins;
  readonly #isOurName: (host: string) => boolean;

  /** `isOurName`: whether a `host:port` is a way to reach this server; anything else may be a rebound DNS name. */
  constructor(identities: Identities, logins: Logins, isOurName: (host: string) => boolean) {
    this.#identities = identities;
    this.#logins = logins;
    this.#isOurName = isOurName;
  }

  /**
   * Throws ORIGIN_REFUSED when a page of another origin asks (a browser always says so for writes and WebSockets), or
   * when the name asked for is not ours: a foreign page may point its own name at loopback ("DNS rebinding").
   */
  checkOrigin(headers: IncomingHttpHeaders): void {
    const host = headers.host ?? '';
    if (!this.#isOurName(host)) throw new TtError('ORIGIN_REFUSED', { origin: host || '-' });
    const { origin } = headers;
    if (origin !== undefined && origin !== `http://${host}`) throw new TtError('ORIGIN_REFUSED', { origin });
  }

  /** Whose token or session secret it is; nobody's when it is not good (any more), or there is none. */
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

/** What stands in the Authorization header (RFC 6750); '' for one that can't be read, null without one. */
export function credentialIn({ authorization }: IncomingHttpHeaders): string | null {
  if (authorization === undefined) return null;
  const [scheme, credential, ...more] = authorization.split(' ');
  return scheme?.toLowerCase() === 'bearer' && credential && more.length === 0 ? credential : '';
}
