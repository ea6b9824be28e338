// Decides about each connection before any byte of it is parsed as HTTP.
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { TtError } from '@tt/protocol';
import { refuseUpgrade } from './upgrade.ts';

/** Why a connection is refused; null accepts it. */
export type ConnectionGuard = (socket: Socket) => Promise<TtError | null>;

/** How long a refused peer has to read the reason. */
const REFUSED_MS = 1000;

/** A refused peer gets the coded error as an HTTP answer to whatever it requests, and is disconnected. */
export function guardConnections(server: Server, guard: ConnectionGuard): void {
  const serve = server.listeners('connection');
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    // One that is reset meanwhile is nobody's any more.
    const forget = () => {};
    socket.on('error', forget);
    guard(socket).then(
      (refusal) => {
        socket.off('error', forget);
        if (socket.destroyed) return;
        if (refusal) {
          refuseUpgrade(socket, refusal);
          // One that reads nothing and does not hang up is cut.
          socket.setTimeout(REFUSED_MS, () => socket.destroy());
        }
        if (!refusal) for (const listener of serve) listener.call(server, socket);
      },
      () => socket.destroy(),
    );
  });
}
