// Requests that may take longer than a whole request may: a body that comes on is no attack, however long it is. Whoever reads it has limits
// of its own. All others are ended by Node in their time, as before.
import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';

export class Unhurried {
  readonly #sockets = new Set<Duplex>();

  /** The request of this connection is not ended for the time it takes, until the returned function is called. */
  enter(socket: Duplex): () => void {
    this.#sockets.add(socket);
    return () => this.#sockets.delete(socket);
  }

  /** Must be called once, when others who listen for errors of clients do so already. */
  guard(server: Server): void {
    const others = server.listeners('clientError');
    server.removeAllListeners('clientError');
    server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
      // Node says it once for each request, and does nothing itself.
      if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && this.#sockets.has(socket)) return;
      for (const listener of others) listener.call(server, error, socket);
    });
  }
}
