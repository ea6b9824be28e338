// Clients that send a request a byte at a time, or none: each is cut off in time, whatever it shows, and others are served.
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { relayRouter } from '@tt/client';
import type { StreamKind, TtClient } from '@tt/protocol';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  type BorderContext,
  type Endpoint,
  type HttpServer,
  Identities,
  Logins,
  serveContract,
  Tickets,
} from './index.ts';

const TIMEOUTS = { headersMs: 150, requestMs: 300, lookEveryMs: 20, upload: { mostWaitMs: 300, leastBytesPerS: 1000 } };
let server: HttpServer;

beforeAll(async () => {
  const now = () => new Date();
  const identities = new Identities('token');
  const logger = pino({ level: 'silent' });
  const client = { host: { ping: async () => ({ at: now().toISOString(), source: { hostId: 'h', epoch: 'e' } }) } };
  server = await serveContract({
    host: '127.0.0.1',
    port: 0,
    identities,
    logins: new Logins(identities, now),
    calls: {
      router: relayRouter(() => client as unknown as TtClient) as Endpoint<BorderContext>['router'],
      contextFor: (border): BorderContext => border,
      onInternal: () => {},
    },
    streams: {
      tickets: new Tickets<{ kind: StreamKind }>(now),
      isLive: () => false,
      about: () => ({}),
      open: () => Promise.reject(new Error('no streams here')),
      onViewer: () => {},
      logger,
    },
    windowDirectory: null,
    version: '0',
    timeouts: TIMEOUTS,
    logger,
  });
});
afterAll(() => server.close());

/** Sends the parts 10 ms apart, again and again the last one, until the server ends the connection; gives what it answered. */
async function dribble(...parts: readonly string[]): Promise<string> {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  let answer = '';
  socket.on('data', (data: Buffer) => (answer += data.toString('latin1')));
  socket.on('error', () => {});
  for (let index = 0; !socket.closed; index++) {
    const part = parts[Math.min(index, parts.length - 1)];
    if (part && socket.writable) socket.write(part);
    await delay(10);
  }
  return answer;
}

const head = (method: string, path: string, more = '') =>
  `${method} ${path} HTTP/1.1\r\nhost: ${new URL(server.url).host}\r\nauthorization: Bearer token\r\n${more}`;

it.each([
  ['a head that never ends', () => [head('GET', '/api/ping'), 'x-more: y\r\n']],
  [
    'one of a WebSocket',
    () => [head('GET', '/api/rpc', 'upgrade: websocket\r\nconnection: upgrade\r\n'), 'x-more: y\r\n'],
  ],
  ['a request line that never ends', () => ['GET /api/ping', 'a']],
  [
    'a body that never ends',
    () => [head('POST', '/api/envs', 'content-type: application/json\r\ncontent-length: 100000\r\n\r\n'), ' '],
  ],
])('%s is answered with 408', async (_what, parts) => {
  expect(await dribble(...parts())).toMatch(/^HTTP\/1\.1 408 /);
});

it('a connection that says nothing is closed', async () => {
  await dribble('');
});

it('while others are slow, requests are answered', async () => {
  const slow = Array.from({ length: 20 }, () => dribble(head('GET', '/api/ping'), 'x-more: y\r\n'));
  const answer = await fetch(`${server.url}/api/ping`, { headers: { authorization: 'Bearer token' } });
  expect(answer.status).toBe(200);
  await Promise.all(slow);
});
