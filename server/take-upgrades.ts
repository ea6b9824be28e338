// Upgrades to WebSockets on the way to their handlers: the same checks of path, origin and identity as for every request, and a refusal that
// says why. A handshake without a header is admitted, too: its handler waits for the first frame, which says who asks.
import type { Duplex } from 'node:stream';
import { TtError } from '@tt/protocol';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { type Access, credentialIn } from './access.ts';
import type { ConnectionOrigin } from './call-context.ts';
import { mustBeSomebody } from './identities.ts';
import { normalPath } from './request-target.ts';
import { SocketIdentity } from './socket-identity.ts';
import { refuseUpgrade, type UpgradeHandler } from './upgrade.ts';

export interface UpgradeOptions {
  access: Access;
  /** By path: the handler of WebSockets there. */
  upgrades: ReadonlyMap<string, UpgradeHandler>;
  /** Called when a WebSocket is refused, as nobody known opens it. */
  onRefused?: ((from: ConnectionOrigin, code: string) => void) | undefined;
  logger: Logger;
}

/** Passes upgrades to their handlers; returns the open sockets. */
export function takeUpgrades(
  app: FastifyInstance,
  { upgrades, access, logger, onRefused }: UpgradeOptions,
): ReadonlySet<Duplex> {
  const open = new Set<Duplex>();
  app.server.on('upgrade', (request, socket, head) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    const refuse = (error: unknown) => {
      if (!(error instanceof TtError)) logger.error({ err: error }, 'upgrade failed');
      else if (error.code === 'UNAUTHORIZED') {
        const userAgent = request.headers['user-agent'] ?? '';
        onRefused?.({ address: request.socket.remoteAddress ?? null, userAgent }, error.code);
      }
      refuseUpgrade(socket, error instanceof TtError ? error : new TtError('INTERNAL', { requestId: 'upgrade' }));
    };
    const take = (path: string) => {
      const identity = new SocketIdentity(access, request, socket);
      const handler = upgrades.get(path);
      // Only the known ones wait for a first frame; a header that is not good is refused at once.
      if (!handler || identity.hasHeader) mustBeSomebody(identity.identified.caller);
      if (!handler) throw new TtError('ROUTE_NOT_FOUND', { method: 'GET', path });
      handler(request, socket, head, identity);
    };
    try {
      const path = normalPath(request.url ?? '');
      access.checkOrigin(request.headers);
      const asked = access.ask(credentialIn(request.headers));
      if (asked === null) take(path);
      else afterAnswer(asked, socket, () => take(path)).catch(refuse);
    } catch (error) {
      refuse(error);
    }
  });
  return open;
}

/** A peer that leaves meanwhile is gone, which is no failure. */
async function afterAnswer(asked: Promise<void>, socket: Duplex, take: () => void): Promise<void> {
  const ignore = () => {};
  socket.on('error', ignore);
  await asked;
  socket.off('error', ignore);
  if (!socket.destroyed) take();
}
