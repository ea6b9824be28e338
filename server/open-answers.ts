// Answers that are under way. One that goes on, such as a feed, is cut as soon as whoever gets it is let in no more, as is the sending of a
// file; one that has not begun still says what was done.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Access, credentialIn, type Identified } from './access.ts';

interface OpenAnswer {
  request: IncomingMessage;
  identified: Identified;
  /** Its request goes on too. */
  isLong: boolean;
}

export class OpenAnswers {
  readonly #access: Access;
  readonly #open = new Map<ServerResponse, OpenAnswer>();
  readonly #stop: () => void;

  constructor(access: Access) {
    this.#access = access;
    // Once for all of them: most are over in less than a millisecond.
    this.#stop = access.onChange(() => this.#look());
  }

  /** Until it has been sent, or its connection is gone. `isLong`: the request is a file that is sent. */
  enter(request: IncomingMessage, response: ServerResponse, identified: Identified, isLong = false): void {
    if (response.closed) return;
    this.#open.set(response, { request, identified, isLong });
    response.once('close', () => this.#open.delete(response));
  }

  close(): void {
    this.#stop();
  }

  #look(): void {
    for (const [{ headersSent }, { request, identified, isLong }] of this.#open) {
      if ((headersSent || isLong) && !this.#access.isStill(credentialIn(request.headers), identified))
        request.socket.destroy();
    }
  }
}
