// The guard with real connections: allowed ones are served as if there were no guard, refused ones only get the reason.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { TtError } from '@tt/protocol';
import { afterEach, expect, it } from 'vitest';
import { type ConnectionGuard, guardConnections } from './guarded-connections.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

async function serve(guard: ConnectionGuard): Promise<{ port: number; served: string[] }> {
  const served: string[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      served.push(`${request.method} ${request.url} ${body}`);
      response.end('here');
    });
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  guardConnections(server, async (socket) => {
    const error = await guard(socket);
    return error && { error };
  });
  return { port: (server.address() as AddressInfo).port, served };
}

/** Sends everything at once, before the guard has decided; gives all that comes back. */
async function say(port: number, request: string): Promise<string> {
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  socket.write(request);
  return text(socket);
}

const post = (body: string, connection: string) =>
  `POST /a HTTP/1.1\r\nHost: x\r\nConnection: ${connection}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

it('serves what was sent while the guard was still deciding, whole and in order', async () => {
  const { port, served } = await serve(() => new Promise((resolve) => setImmediate(() => setImmediate(resolve, null))));
  const long = 'y'.repeat(300_000);
  const answer = await say(port, post('one', 'keep-alive') + post(long, 'close'));
  expect(served).toEqual(['POST /a one', `POST /a ${long}`]);
  expect(answer.match(/here/g)).toHaveLength(2);
});

it('answers a refused peer with the reason, and reads nothing of what it sent', async () => {
  const { port, served } = await serve(async () => new TtError('GUEST_REFUSED', {}));
  const answer = await say(port, 'GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer stolen\r\n\r\n');
  expect(answer).toMatch(/^HTTP\/1\.1 403 GUEST_REFUSED\r\n[\s\S]*"code":"GUEST_REFUSED"/);
  expect(served).toEqual([]);
});

it('hangs up when the guard itself fails, and when the peer has gone meanwhile', async () => {
  const failing = await serve(() => Promise.reject(new Error('broken')));
  expect(await say(failing.port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n')).toBe('');
  let decide: (refusal: null) => void = () => {};
  const slow = await serve(() => new Promise((resolve) => (decide = resolve)));
  const socket = connect(slow.port, '127.0.0.1');
  await once(socket, 'connect');
  socket.resetAndDestroy();
  await once(socket, 'close');
  decide(null);
  expect(slow.served).toEqual([]);
});
