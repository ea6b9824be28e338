// Who is at the other end of one WebSocket: by its headers, or by its first frame. The socket lives as long as they are who they
// were: one whose session has ended, who is gone or has another role is cut off at once.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Access, credentialIn, type Identified } from './access.ts';
import { isSomebody } from './identities.ts';

export class SocketIdentity {
  /** IP address of the other end; null when it is gone already. */
  readonly address: string | null;
  readonly userAgent: string;
  readonly #access: Access;
  readonly #socket: Duplex;
  #credential: string | null;
  #identified: Identified;
  #isWatched = false;

  constructor(access: Access, request: IncomingMessage, socket: Duplex) {
    this.#access = access;
    this.#socket = socket;
    this.address = request.socket.remoteAddress ?? null;
    this.userAgent = request.headers['user-agent'] ?? '';
    this.#credential = credentialIn(request.headers);
    this.#identified = access.identify(this.#credential);
    this.#watch();
  }

  /** Who it is, as far as they have said. */
  get identified(): Identified {
    return this.#identified;
  }

  /** Whether a header said who it is; if it is not good, nothing else is asked for. */
  get hasHeader(): boolean {
    return this.#credential !== null;
  }

  /** Takes what a first frame says; what a header said stays. */
  prove(credential: string): Identified {
    if (this.#credential === null) {
      this.#credential = credential;
      this.#identified = this.#access.identify(credential);
      this.#watch();
    }
    return this.#identified;
  }

  /** Notes that it was used just now. */
  used(): void {
    this.#access.used(this.#identified);
  }

  #watch(): void {
    if (this.#isWatched || !isSomebody(this.#identified.caller)) return;
    this.#isWatched = true;
    const stop = this.#access.onChange(() => {
      const { caller, sessionId } = this.#access.identify(this.#credential);
      const before = this.#identified;
      const isSame =
        caller.name === before.caller.name && caller.role === before.caller.role && sessionId === before.sessionId;
      if (!isSame) this.#socket.destroy();
    });
    this.#socket.once('close', stop);
  }
}
