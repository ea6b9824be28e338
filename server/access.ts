// Access control: by the token of a user (programs) or the secret of a session (browsers), sent in a header or a first frame
// but never in a cookie; and only from the origin of the window.
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { TtError } from '@tt/protocol';
import { type Elsewhere, nowhere } from './elsewhere.ts';
import { type Asker, type Identities, nobody } from './identities.ts';
import type { Logins } from './logins.ts';
import { Credential } from './same-secret.ts';

/** The caller, and the session used. */
export interface Identified {
  caller: Asker;
  /** null for a caller with a token, or with nothing. */
  sessionId: string | null;
  /** The credential of a caller whom another server knows: calls are made there with it. Absent for all others. */
  elsewhere?: string;
}

export class Access {
  readonly #identities: Identities;
  readonly #logins: Logins;
  readonly #scheme: 'http' | 'https';
  readonly #isOurName: (host: string) => boolean;
  readonly #elsewhere: Elsewhere;

  /** `isOurName`: whether a `host:port` is a name of this server; anything else may be a rebound DNS name. */
  constructor(
    identities: Identities,
    logins: Logins,
    {
      scheme,
      isOurName,
      elsewhere = nowhere,
    }: { scheme: 'http' | 'https'; isOurName: (host: string) => boolean; elsewhere?: Elsewhere | undefined },
  ) {
    this.#identities = identities;
    this.#logins = logins;
    this.#scheme = scheme;
    this.#isOurName = isOurName;
    this.#elsewhere = elsewhere;
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

  /** Must be awaited before `identify`; null: there is nothing to wait for. Rejects with AGENT_UNREACHABLE and the like. */
  ask(credential: Credential | null): Promise<void> | null {
    if (!credential?.text || this.#elsewhere === nowhere || this.#ofOurs(credential)) return null;
    return this.#elsewhere.ask(credential.text);
  }

  /** The owner of the token or session secret; nobody if it is not valid (any more), or there is none. */
  identify(credential: Credential | null): Identified {
    if (!credential?.text) return { caller: nobody, sessionId: null };
    const ours = this.#ofOurs(credential);
    if (ours) return ours;
    const caller = this.#elsewhere.find(credential.text);
    return caller ? { caller, sessionId: null, elsewhere: credential.text } : { caller: nobody, sessionId: null };
  }

  /** Whether the credential still stands for the same user, role and session. */
  isStill(credential: Credential | null, { caller, sessionId }: Identified): boolean {
    const now = this.identify(credential);
    return now.caller.name === caller.name && now.caller.role === caller.role && now.sessionId === sessionId;
  }

  /** Notes that a session or a token of a device was used just now, from this IP address; null if it is unknown. */
  used(identified: Identified, address: string | null): void {
    this.#logins.used(identified, address);
  }

  /** Calls `listener` after users have changed or sessions have ended; returns how to stop that. */
  onChange(listener: () => void): () => void {
    const stops = [
      this.#identities.onChange(listener),
      this.#logins.sessions.onEnd(listener),
      this.#elsewhere.onChange(listener),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }

  #ofOurs(credential: Credential): Identified | null {
    const byToken = this.#identities.ofToken(credential);
    if (byToken) return { caller: byToken, sessionId: null };
    const session = this.#logins.sessions.find(credential);
    return session && { caller: session.caller, sessionId: session.id };
  }
}

/** The token in the Authorization header (RFC 6750); '' if it cannot be parsed, null without the header. */
export function credentialIn({ authorization }: IncomingHttpHeaders): Credential | null {
  if (authorization === undefined) return null;
  const [scheme, credential, ...more] = authorization.split(' ');
  return new Credential(scheme?.toLowerCase() === 'bearer' && credential && more.length === 0 ? credential : '');
}

/** The same of each request, hashed once for a connection that shows the same one again. What it is good for is looked up each time. */
export class ShownCredentials {
  readonly #shown = new WeakMap<object, { authorization: string; credential: Credential | null }>();

  in({ headers, socket }: IncomingMessage): Credential | null {
    const { authorization } = headers;
    if (authorization === undefined) return null;
    const last = this.#shown.get(socket);
    if (last?.authorization === authorization) return last.credential;
    const credential = credentialIn(headers);
    this.#shown.set(socket, { authorization, credential });
    return credential;
  }
}
