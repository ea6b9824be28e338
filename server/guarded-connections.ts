// Decides about each connection before any byte of it is parsed as HTTP.
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { TtError } from '@tt/protocol';
import type { Page } from './tls/authority-page.ts';
import { refuseByPage, refuseUpgrade } from './upgrade.ts';

/** Why a connection is refused; null accepts it. */
export type ConnectionGuard = (socket: Socket) => Promise<TtError | null>;

export interface Refusal {
  error: TtError;
  /** For people with a browser, in place of the coded error. */
  page?: Page;
}

/** How long a refused peer has to read the reason. */
const REFUSED_MS = 1000;

/** A refused peer gets the coded error, or a page, as an HTTP answer to whatever it requests, and is disconnected. */
export function guardConnections(server: Server, guard: (socket: Socket) => Promise<Refusal | null>): void {
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
        if (refusal) refuseConnection(socket, refusal);
        else for (const listener of serve) listener.call(server, socket);
      },
      () => socket.destroy(),
    );
  });
}

/** Tells it why, and ends it. */
export function refuseConnection(socket: Socket, { error, page }: Refusal): void {
  if (page) refuseByPage(socket, error, page);
  else refuseUpgrade(socket, error);
  // One that reads nothing and does not hang up is cut.
  socket.setTimeout(REFUSED_MS, () => socket.destroy());
}
