// Clients that send a request a byte at a time, or none: each is cut off in time, whatever it shows, and others are served. Only a file that
// comes on may take longer.
import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { relayRouter } from '@tt/client';
import { type StreamKind, TICKET_HEADER, type Transfer, type TtClient, uploadPath } from '@tt/protocol';
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

const TIMEOUTS = {
  headersMs: 150,
  requestMs: 300,
  lookEveryMs: 20,
  upload: { mostWaitMs: 2000, leastBytesPerS: 1000 },
};
let server: HttpServer;
const transferId = randomUUID();
const tickets = new Tickets<{ kind: StreamKind }>(() => new Date());

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
      tickets,
      isLive: ({ kind }) => kind === 'upload',
      about: () => ({}),
      open: () => Promise.reject(new Error('no streams here')),
      async receive(_purpose, _caller, { pieces }) {
        let doneBytes = 0;
        for await (const some of pieces) for (const { length } of some) doneBytes += length;
        return { id: transferId, doneBytes } as Transfer;
      },
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

const upload = (lengthBytes: number, more = '') => {
  const { ticket } = tickets.issue({ kind: 'upload' });
  return head(
    'PUT',
    uploadPath(transferId),
    `${TICKET_HEADER}: ${ticket}\r\ncontent-length: ${lengthBytes}\r\n${more}\r\n`,
  );
};

it('a file that comes on is waited for longer than a whole request is', async () => {
  // 100 pieces, 10 ms apart, where each makes up for 100 ms.
  const answer = await dribble(
    upload(10_000, 'connection: close\r\n'),
    ...Array.from({ length: 100 }, () => 'x'.repeat(100)),
    '',
  );
  expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  expect(answer).toContain('"doneBytes":10000');
});

it.each([
  ['that never goes on', ['']],
  ['that comes more slowly than time goes on', ['x']],
])('a file %s is answered with 408', async (_what, parts) => {
  expect(await dribble(upload(100_000), ...parts)).toMatch(/^HTTP\/1\.1 408 /);
});

it('behind a file that took long, the connection has the limits of all others', async () => {
  const long = [upload(10_000), ...Array.from({ length: 100 }, () => 'x'.repeat(100))];
  const answer = await dribble(...long, head('GET', '/api/ping'), 'x-more: y\r\n');
  expect(answer).toMatch(/^HTTP\/1\.1 200 [\s\S]*HTTP\/1\.1 408 /);
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
