// A TLS connection of the bench's own, to servers on this machine whose authority it knows.
import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';

/** Rejects unless the server's certificate is of this authority (PEM). */
export async function openTls({ hostname, port }: URL, authority: string): Promise<TLSSocket> {
  // By address, and the certificates of agents say who they are, not where.
  const socket = connect({ host: hostname, port: Number(port), ca: [authority], checkServerIdentity: () => undefined });
  socket.setNoDelay(true);
  await once(socket, 'secureConnect');
  return socket;
}
