// What every request passes first, whatever it asks for: its URL, its origin, and who it is from. The matched route or call decides what
// that is good for.
import type { IncomingMessage } from 'node:http';
import { type Access, type Identified, ShownCredentials } from './access.ts';
import { normalPath } from './request-target.ts';

export class Admission {
  readonly #access: Access;
  readonly #shown = new ShownCredentials();

  constructor(access: Access) {
    this.#access = access;
  }

  /** A promise only for callers whom another server knows. Throws URL_NOT_NORMAL and ORIGIN_REFUSED; rejects with AGENT_UNREACHABLE and the like. */
  admit(request: IncomingMessage): Identified | Promise<Identified> {
    normalPath(request.url ?? '');
    this.#access.checkOrigin(request.headers);
    const credential = this.#shown.in(request);
    const identify = () => {
      const identified = this.#access.identify(credential);
      this.#access.used(identified, request.socket.remoteAddress ?? null);
      return identified;
    };
    const asked = this.#access.ask(credential);
    return asked === null ? identify() : asked.then(identify);
  }
}
