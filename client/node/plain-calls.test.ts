// Plain calls: one connection for several, the coded refusals of an agent, and nothing else that is taken for an answer.
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { TtError } from '@tt/protocol';
import { afterEach, expect, it } from 'vitest';
import { PlainCalls } from './plain-calls.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function callsTo(answer: (...given: Parameters<RequestListener>) => unknown): Promise<PlainCalls> {
  const server = createServer((request, response) => void answer(request, response)).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return new PlainCalls({ url: `http://127.0.0.1:${port}`, token: 'secret' });
}

const echoed: (...given: Parameters<RequestListener>) => void = ({ headers }, response) =>
  response.setHeader('x-request-id', String(headers['x-request-id']));

it('sends what it is given, over one connection that is closed in the end', async () => {
  const seen: unknown[] = [];
  const sockets = new Set<unknown>();
  const closed = Promise.withResolvers<void>();
  const calls = await callsTo(async (request, response) => {
    sockets.add(request.socket);
    request.socket.once('close', () => closed.resolve());
    seen.push([request.method, request.url, request.headers.authorization, await text(request)]);
    echoed(request, response);
    response.writeHead(request.method === 'POST' ? 201 : 200).end('{"well":true}');
  });
  expect(await calls.ask('POST', '/runs', { body: { word: 'ä' } })).toEqual({ well: true });
  expect(await calls.ask('GET', '/runs/1?endWaitMs=5')).toEqual({ well: true });
  expect(seen).toEqual([
    ['POST', '/api/runs', 'Bearer secret', '{"word":"ä"}'],
    ['GET', '/api/runs/1?endWaitMs=5', 'Bearer secret', ''],
  ]);
  expect(sockets.size).toBe(1);
  calls.close();
  await closed.promise;
});

it('rejects with a refusal of the agent, and takes no other for one', async () => {
  const refusal = { code: 'ENV_NOT_FOUND', data: { envName: 'demmo', suggestions: ['demo'] } };
  const calls = await callsTo((request, response) => {
    if (request.url !== '/api/of-another') echoed(request, response);
    const body = request.url === '/api/odd' ? { code: 'ODD' } : refusal;
    response.writeHead(404).end(JSON.stringify(body));
  });
  const error = await calls.ask('GET', '/envs/demmo').catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(TtError);
  expect(error).toMatchObject({ code: 'ENV_NOT_FOUND', data: refusal.data });
  expect(await calls.ask('GET', '/odd')).toBe(null);
  expect(await calls.ask('GET', '/of-another')).toBe(null);
  calls.close();
});

it('has no answer of what breaks off or is not there', async () => {
  const calls = await callsTo((request, response) => {
    echoed(request, response);
    if (request.url === '/api/cut') {
      response.writeHead(200, { 'content-length': 100 }).write('{"well":');
      response.destroy();
    } else if (request.url === '/api/html') response.end('<html>');
    else request.socket.destroy();
  });
  for (const path of ['/cut', '/html', '/gone']) expect([path, await calls.ask('GET', path)]).toEqual([path, null]);
  calls.close();
  expect(await new PlainCalls({ url: 'http://127.0.0.1:1', token: 'secret' }).ask('GET', '/me')).toBe(null);
});
