// What a server listens with besides plain HTTP on a port: TLS, and a unix socket beside it; and how all of its connections end.
import type { RequestListener, ServerOptions } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { SecureContextOptions } from 'node:tls';
import type { FastifyInstance } from 'fastify';
import type { CallLimits } from './call-limits.ts';
import { refuseConnection } from './guarded-connections.ts';
import type { PresentedKey, TlsIdentity } from './tls/tls-identity.ts';
import { listenAtUnixSocket, type UnixPlace } from './unix-listener.ts';

/** HTTP/2 has its own limits, which nothing here looks after. */
const ALPNProtocols = ['http/1.1'];
/** How long peers have to disconnect when the server stops. */
const CLOSE_TIMEOUT_MS = 1000;

/** What Fastify listens with instead of plain HTTP. */
export function tlsServers(tls: TlsIdentity, timeouts: ServerOptions): (handler: RequestListener) => TlsServer {
  return (handler) => {
    const { headersTimeout: handshakeTimeout } = timeouts;
    const server = createTlsServer(
      { ...timeouts, ...contextOf(tls.current), handshakeTimeout, ALPNProtocols },
      handler,
    );
    // A handshake that failed concerns its peer only, who is told by TLS.
    server.on('tlsClientError', (_error, socket) => socket.destroy());
    return server;
  };
}

/** What peers are shown from now on. */
export function contextOf({ cert, key }: PresentedKey): SecureContextOptions {
  return { cert, key, minVersion: 'TLSv1.2' };
}

/** Serves HTTP on a connection of another listener, as if it were one of this server’s own. Called before connections are guarded. */
export function plainSpeaker(server: FastifyInstance['server'], speaksTls: boolean): (socket: Socket) => void {
  // Behind TLS, HTTP begins with what came out of the handshake.
  const listeners = server.listeners(speaksTls ? 'secureConnection' : 'connection');
  return (socket) => {
    for (const listener of listeners) listener.call(server, socket);
  };
}

/** Serves HTTP on a unix socket too, if there is a place for it; resolves with how to end that. Rejects with FILE_UNUSABLE. */
export async function atUnixSocket(
  { socket: place, limits }: { socket?: UnixPlace | undefined; limits: CallLimits },
  speak: (socket: Socket) => void,
): Promise<() => Promise<void>> {
  if (!place) return async () => {};
  return listenAtUnixSocket(place, (socket) => {
    const error = limits.enterConnection(socket, place.file);
    if (error) refuseConnection(socket, { error });
    else speak(socket);
  });
}

/**
 * Stops listening and ends every connection: answers in progress are still sent, then feeds and streams (which never end
 * themselves, and which Node does not close) are cut.
 */
export async function endAll(app: FastifyInstance, upgraded: ReadonlySet<Duplex>): Promise<void> {
  const closing = app.close();
  // The answers of operations that just ended are being written in this turn of the event loop.
  await new Promise((resolve) => setImmediate(resolve));
  for (const socket of upgraded) socket.end();
  const timer = setTimeout(() => {
    for (const socket of upgraded) socket.destroy();
    app.server.closeAllConnections();
  }, CLOSE_TIMEOUT_MS);
  await closing;
  clearTimeout(timer);
}
