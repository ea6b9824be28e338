// One read without a link: a plain GET for commands with a single question. It avoids WebSocket and oRPC, which take longer
// to load than the request itself. It handles only success; in every other case the caller uses the link, which reports the error.
import type { IncomingMessage } from 'node:http';
import { API_PREFIX, type TtClient } from '@tt/protocol';
import type { ConnectOptions } from './connect.ts';
import { connectionTo } from './server-connection.ts';
import { httpBase } from './unix-address.ts';

/** Reads that take no input, with their routes in the contract (read-once.test.ts compares). */
export const readPaths = {
  'env.list': '/envs',
  'image.list': '/images',
  'host.show': '/host',
  'host.me': '/me',
  'lab.list': '/labs',
  'profile.list': '/profiles',
  'template.list': '/templates',
  'user.list': '/users',
  'team.list': '/teams',
  'token.list': '/tokens',
} as const;
export type ReadCall = keyof typeof readPaths;

type MethodOf<Group, Method> = Method extends keyof Group ? Group[Method] : never;
type CallOf<Name> = Name extends `${infer Group}.${infer Method}`
  ? Group extends keyof TtClient
    ? MethodOf<TtClient[Group], Method>
    : never
  : never;
/** What the call answers. */
export type ReadOutput<Name extends ReadCall> =
  CallOf<Name> extends (...input: never[]) => PromiseLike<infer Output> ? Output : never;

const REQUEST_ID_HEADER = 'x-request-id';
const TIMEOUT_MS = 5000;
/** The limit for one message of the link. */
const LIMIT_BYTES = 100 * 1024 * 1024;

/**
 * The answer of the call; null if there is none that is certainly an agent's: refused, not JSON, without the id of this
 * request, no listener, or too late. Then use the link. Never rejects.
 */
export async function readOnce<Name extends ReadCall>(
  server: ConnectOptions,
  name: Name,
): Promise<ReadOutput<Name> | null> {
  // Unlike a random one it costs nothing: Node loads its cryptography for that.
  const requestId = `tt-${process.pid}-${process.hrtime.bigint()}`;
  const { url, token } = server;
  const headers = { authorization: `Bearer ${token}`, [REQUEST_ID_HEADER]: requestId };
  try {
    const response = await get(new URL(httpBase(url) + API_PREFIX + readPaths[name]), headers, server);
    if (response.statusCode !== 200 || response.headers[REQUEST_ID_HEADER] !== requestId) {
      response.destroy();
      return null;
    }
    return JSON.parse(await textOf(response)) as ReadOutput<Name>;
  } catch {
    return null;
  }
}

function get(url: URL, headers: Readonly<Record<string, string>>, server: ConnectOptions): Promise<IncomingMessage> {
  // An import of node:http makes Node load all that it could give, `WebSocket` and with it undici: 90 ms of processor time.
  const { request } = process.getBuiltinModule(url.protocol === 'https:' ? 'node:https' : 'node:http');
  return new Promise((resolve, reject) => {
    // Without an agent the connection ends with the answer, and holds up nothing.
    const createConnection = connectionTo(server);
    const connection = createConnection ? { createConnection } : { agent: false as const };
    const asked = request(url, { headers, ...connection }, resolve);
    const timer = setTimeout(() => asked.destroy(new Error('no answer in time')), TIMEOUT_MS);
    asked.on('error', reject);
    asked.on('close', () => clearTimeout(timer));
    asked.end();
  });
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = '';
  response.setEncoding('utf8');
  for await (const part of response) {
    text += part as string;
    if (text.length > LIMIT_BYTES) throw new Error('the answer is too long');
  }
  return text;
}
