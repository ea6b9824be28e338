// A server of this computer proves that it knows the token before a client sends it, because the port of a dead agent may now
// belong to somebody else. Client and server use the same two functions, so they always agree (decision 0034).
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { TtError } from '@tt/protocol';

/** Open to everyone: an answer reveals nothing about the token. */
export const PROOF_PATH = '/proof';
const NONCE_HEADER = 'tt-nonce';
const NONCE_BYTES = 32;
const TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 4_096;

/** What a server answers at PROOF_PATH; null when the request asks for no proof. */
export function proofFor(request: IncomingMessage, token: string): string | null {
  const nonce = request.headers[NONCE_HEADER];
  if (typeof nonce !== 'string' || Buffer.from(nonce, 'base64url').length !== NONCE_BYTES) return null;
  const { localAddress, localPort } = request.socket;
  return proofOf(token, nonce, addressText(localAddress, localPort));
}

/**
 * A connection to the server at `url` (`http://…`) that has proven, on this connection, that it knows the token. Rejects with
 * AGENT_NOT_PROVEN if it has not, with the system's error if nothing listens.
 */
export async function provenSocket({ url, token }: { url: string; token: string }): Promise<Socket> {
  const { host, hostname, port } = new URL(url);
  const nonce = randomBytes(NONCE_BYTES).toString('base64url');
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 80) });
  try {
    await once(socket, 'connect', { signal });
    const expected = proofOf(token, nonce, addressText(socket.remoteAddress, socket.remotePort));
    // By hand: Node's HTTP client gives no connection back behind an answer, and one of its own it may open anew.
    socket.write(`GET ${PROOF_PATH} HTTP/1.1\r\nHost: ${host}\r\n${NONCE_HEADER}: ${nonce}\r\n\r\n`);
    if (!isSame(await bodyFrom(socket, expected.length, signal), expected)) throw notProven(url);
    return socket;
  } catch (error) {
    socket.destroy();
    const nobodyThere = (error as NodeJS.ErrnoException).code === 'ECONNREFUSED';
    throw nobodyThere || error instanceof TtError ? error : notProven(url, error);
  }
}

/** The body of a plain `200` answer of exactly `length` bytes; anything else rejects or differs from every proof. */
async function bodyFrom(socket: Socket, length: number, signal: AbortSignal): Promise<string> {
  const closed = once(socket, 'close', { signal }).then(() => Promise.reject(new Error('it closed the connection')));
  closed.catch(() => {});
  let text = '';
  while (text.length < MAX_ANSWER_BYTES) {
    const head = /^[\s\S]*?\r\n\r\n/.exec(text)?.[0];
    if (head !== undefined && !head.startsWith('HTTP/1.1 200 ')) throw new Error('it knows of no proof');
    if (head !== undefined && text.length >= head.length + length) return text.slice(head.length);
    const chunk = socket.read() as Buffer | null;
    if (chunk !== null) text += chunk.toString('latin1');
    else await Promise.race([once(socket, 'readable', { signal }), closed]);
  }
  throw new Error('its answer is too long');
}

/**
 * Bound to the address of the connection as both ends see it: an attacker who forwards the question to the real server, at
 * another address, gets an answer that is only valid there.
 */
function proofOf(token: string, nonce: string, address: string): string {
  return createHmac('sha256', token).update(`tt proof of the server\n${nonce}\n${address}`).digest('base64url');
}

/** A socket that listens for IPv6 too shows IPv4 addresses in a longer form. */
function addressText(address: string | undefined, port: number | undefined): string {
  return `${(address ?? '').replace(/^::ffff:/i, '')} ${port}`;
}

function isSame(given: string, expected: string): boolean {
  return given.length === expected.length && timingSafeEqual(Buffer.from(given), Buffer.from(expected));
}

function notProven(url: string, cause?: unknown): TtError {
  return new TtError('AGENT_NOT_PROVEN', { url }, { cause });
}
