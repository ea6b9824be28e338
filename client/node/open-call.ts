// One call that needs no token, by plain HTTP to a server that is trusted already: how somebody gets in.
import type { IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { API_PREFIX, TtError } from '@tt/protocol';
import type { z } from 'zod';
import { toTtError } from '../errors.ts';
import { connectionTo, type ServerAddress } from './server-connection.ts';
import { httpBase } from './unix-address.ts';

const TIMEOUT_MS = 30_000;

/** A server nobody has a token for yet. */
export type OpenServer = Omit<ServerAddress, 'token' | 'mustProve'>;

/** `path`: below the prefix of the API. Rejects with AGENT_UNREACHABLE, the answer of the server, and as connections to it do. */
export async function openCall<Schema extends z.ZodType>(
  server: OpenServer,
  path: string,
  body: object,
  schema: Schema,
): Promise<z.output<Schema>> {
  const unreachable = (cause?: unknown) => new TtError('AGENT_UNREACHABLE', { url: server.url }, { cause });
  try {
    const response = await post(server, path, body);
    const answer = await json(response);
    if (response.statusCode !== 200) throw toTtError(answer, () => unreachable());
    return schema.parse(answer);
  } catch (error) {
    throw error instanceof TtError ? error : unreachable(error);
  }
}

async function post(server: OpenServer, path: string, body: object): Promise<IncomingMessage> {
  const url = new URL(`${httpBase(server.url)}${API_PREFIX}${path}`);
  const { request } = url.protocol === 'https:' ? await import('node:https') : await import('node:http');
  const createConnection = connectionTo({ ...server, token: '' });
  const text = JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
    const connection = createConnection ? { createConnection } : { agent: false as const };
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const asked = request(url, { method: 'POST', headers, signal, ...connection }, resolve);
    asked.on('error', reject);
    asked.end(text);
  });
}
