// How an OpenID provider is asked: what it may answer, and that nothing leads elsewhere.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ProviderUnreachable, providerRequests } from './provider-requests.ts';

let server: Server;
let url = '';
let heard: { method?: string | undefined; type?: string | undefined; body: string } = { body: '' };
const answers: Record<string, (response: ServerResponse) => void> = {
  '/ok': (response) => response.writeHead(200, { 'content-type': 'application/json', 'set-cookie': 'a=b' }).end('{}'),
  '/elsewhere': (response) => response.writeHead(302, { location: '/ok' }).end(),
  '/nothing': (response) => response.writeHead(204).end(),
  '/much': (response) => response.end(Buffer.alloc(1024 * 1024 + 1)),
  '/cut': (response) => response.writeHead(200, { 'content-length': 10 }).write('x', () => response.destroy()),
};

beforeAll(async () => {
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    let body = '';
    for await (const part of request) body += String(part);
    heard = { method: request.method, type: request.headers['content-type'], body };
    answers[request.url ?? '']?.(response);
  };
  server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const ask = (path: string, more: object = {}) =>
  providerRequests(null)(url + path, { method: 'GET', headers: {}, ...more });

it('sends forms, and gives answers without cookies', async () => {
  const answer = await ask('/ok', { method: 'POST', body: new URLSearchParams({ code: 'a b' }) });
  expect([answer.status, await answer.json(), answer.headers.get('set-cookie')]).toEqual([200, {}, null]);
  expect(heard).toEqual({
    method: 'POST',
    type: 'application/x-www-form-urlencoded;charset=UTF-8',
    body: 'code=a+b',
  });
  expect((await ask('/nothing')).status).toBe(204);
});

it('follows no redirect', async () => {
  const answer = await ask('/elsewhere');
  expect([answer.status, answer.headers.get('location')]).toEqual([302, '/ok']);
});

it('gives up on too much, too little, nobody and nothing', async () => {
  const gone = expect.any(ProviderUnreachable);
  await expect(ask('/much')).rejects.toEqual(gone);
  await expect(ask('/cut')).rejects.toEqual(gone);
  await expect(ask('/silent', { signal: AbortSignal.timeout(1) })).rejects.toEqual(gone);
  await expect(providerRequests(null)('http://127.0.0.1:9', { method: 'GET', headers: {} })).rejects.toEqual(gone);
});
