// Tells plain HTTP from TLS by its first byte, so that who speaks the former at a port of the latter is told so in words: a browser
// or a script otherwise shows a connection that broke.
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { TtError } from '@tt/protocol';

/** A connection on which nothing is said is cut after this time. */
const FIRST_BYTE_MS = 10_000;
/** Content type of a handshake record (RFC 8446 5.1). */
const HANDSHAKE = 0x16;

/** Why a connection is refused: it does not begin as TLS. null: it does, and nothing of it is lost. Rejects if it ends before. */
export async function refusePlain(socket: Socket, url: () => string): Promise<TtError | null> {
  const signal = AbortSignal.timeout(FIRST_BYTE_MS);
  let first: Buffer | null = null;
  while (first === null) {
    first = socket.read(1) as Buffer | null;
    if (first !== null) break;
    if (socket.destroyed || socket.readableEnded) throw new Error('it closed the connection');
    await Promise.race([once(socket, 'readable', { signal }), closed(socket, signal)]);
  }
  socket.unshift(first);
  return first[0] === HANDSHAKE ? null : new TtError('TLS_REQUIRED', { url: url() });
}

async function closed(socket: Socket, signal: AbortSignal): Promise<never> {
  await once(socket, 'close', { signal });
  throw new Error('it closed the connection');
}
