// The identity of one WebSocket's client, from its headers or its first frame. The socket is closed as soon as the session
// has ended, or the user is removed or gets another role.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Access, credentialIn, type Identified } from './access.ts';
import { isSomebody } from './identities.ts';
import { Credential } from './same-secret.ts';

export class SocketIdentity {
  /** IP address of the other end; null if it is already disconnected. */
  readonly address: string | null;
  readonly userAgent: string;
  readonly #access: Access;
  readonly #socket: Duplex;
  #credential: Credential | null;
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

  /** The identity, as far as it is known. */
  get identified(): Identified {
    return this.#identified;
  }

  /** Whether a header identified the client; if that was not valid, nothing else is tried. */
  get hasHeader(): boolean {
    return this.#credential !== null;
  }

  /** Must be awaited before `prove`; null: there is nothing to wait for. */
  ask(credential: string): Promise<void> | null {
    return this.#credential === null ? this.#access.ask(new Credential(credential)) : null;
  }

  /** Uses the identity in a first frame, unless a header already had one. */
  prove(credential: string): Identified {
    if (this.#credential === null) {
      this.#credential = new Credential(credential);
      this.#identified = this.#access.identify(this.#credential);
      this.#watch();
    }
    return this.#identified;
  }

  /** Notes that it was used just now. */
  used(): void {
    this.#access.used(this.#identified, this.address);
  }

  #watch(): void {
    if (this.#isWatched || !isSomebody(this.#identified.caller)) return;
    this.#isWatched = true;
    const stop = this.#access.onChange(() => {
      if (!this.#access.isStill(this.#credential, this.#identified)) this.#socket.destroy();
    });
    this.#socket.once('close', stop);
  }
}
