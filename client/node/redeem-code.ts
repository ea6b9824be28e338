// Turns the code of a join link into a token of this device.
import type { IncomingMessage } from 'node:http';
import { hostname } from 'node:os';
import { json } from 'node:stream/consumers';
import { API_PREFIX, TOKEN_NAME_MAX, TtError } from '@tt/protocol';
import { z } from 'zod';
import { toTtError } from '../errors.ts';
import { connectionTo, type ServerAddress } from './server-connection.ts';
import { httpBase } from './unix-address.ts';

const TIMEOUT_MS = 10_000;
const answerSchema = z.object({ secret: z.string().min(1).max(4096) });

/** `device`: what the token is called. Rejects with JOIN_CODE_INVALID, AGENT_UNREACHABLE, and as connections to the server do. */
export async function redeemCode(
  server: Omit<ServerAddress, 'token' | 'mustProve'>,
  code: string,
  device = hostname().trim(),
): Promise<string> {
  const unreachable = (cause?: unknown) => new TtError('AGENT_UNREACHABLE', { url: server.url }, { cause });
  try {
    const response = await post(server, { code, name: device.slice(0, TOKEN_NAME_MAX) || 'device' });
    const answer = await json(response);
    if (response.statusCode !== 200) throw toTtError(answer, () => unreachable());
    return answerSchema.parse(answer).secret;
  } catch (error) {
    throw error instanceof TtError ? error : unreachable(error);
  }
}

async function post(server: Omit<ServerAddress, 'token'>, body: object): Promise<IncomingMessage> {
  const url = new URL(`${httpBase(server.url)}${API_PREFIX}/tokens/redeem`);
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
