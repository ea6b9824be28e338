// Tells plain HTTP from TLS by its first byte, so that who speaks the former at a port of the latter is told so: a script by a coded error,
// a browser by a page that leads to the right address. Either otherwise shows a connection that broke.
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { TtError } from '@tt/protocol';
import type { Refusal } from '../guarded-connections.ts';

/** A connection on which nothing is said is cut after this time. */
const FIRST_BYTE_MS = 10_000;
/** How long the head of a plain request may take, and how long it may be, to be looked at. */
const HEAD_MS = 1000;
const HEAD_BYTES = 8192;
/** Content type of a handshake record (RFC 8446 5.1). */
const HANDSHAKE = 0x16;

/** Why a connection is refused: it does not begin as TLS. null: it does, and nothing of it is lost. Rejects if it ends before. */
export async function refusePlain(socket: Socket, url: () => string): Promise<Refusal | null> {
  const first = await somethingFrom(socket, FIRST_BYTE_MS, 1);
  if (first[0] === HANDSHAKE) {
    socket.unshift(first);
    return null;
  }
  const error = new TtError('TLS_REQUIRED', { url: url() });
  const head = await headFrom(socket, first);
  const header = (name: string) => new RegExp(`^${name}:[ \\t]*(.*)$`, 'im').exec(head)?.[1]?.trim();
  if (header('accept')?.includes('text/html') !== true) return { error };
  // Its lists of words are not loaded for nobody.
  const { encryptedOnlyPage, languageIn } = await import('./authority-page.ts');
  return { error, page: encryptedOnlyPage(header('host') ?? null, url(), languageIn(header('accept-language'))) };
}

/** What is there of it in time; others than people with browsers may say anything. */
async function headFrom(socket: Socket, first: Buffer): Promise<string> {
  let head = first.toString('latin1');
  const end = performance.now() + HEAD_MS;
  try {
    while (!/\r?\n\r?\n/.test(head) && head.length < HEAD_BYTES)
      head += (await somethingFrom(socket, Math.max(1, Math.ceil(end - performance.now())))).toString('latin1');
  } catch {
    // It ended, or says no more.
  }
  return head;
}

async function somethingFrom(socket: Socket, waitMs: number, bytes?: number): Promise<Buffer> {
  const signal = AbortSignal.timeout(waitMs);
  for (;;) {
    const some = socket.read(bytes) as Buffer | null;
    if (some !== null) return some;
    if (socket.destroyed || socket.readableEnded) throw new Error('it closed the connection');
    await Promise.race([once(socket, 'readable', { signal }), closed(socket, signal)]);
  }
}

async function closed(socket: Socket, signal: AbortSignal): Promise<never> {
  await once(socket, 'close', { signal });
  throw new Error('it closed the connection');
}
