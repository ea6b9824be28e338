// Reads without a link: their paths are those of the contract, and only a valid success answer is accepted.
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isContractProcedure } from '@orpc/contract';
import { contract } from '@tt/protocol';
import { afterEach, expect, it } from 'vitest';
import { readOnce, readPaths } from './read-once.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function read(answer: RequestListener) {
  const server = createServer(answer).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return readOnce({ url: `http://127.0.0.1:${port}`, token: 'secret' }, 'env.list');
}

it('knows the routes of the contract, of calls without input', () => {
  for (const [name, path] of Object.entries(readPaths)) {
    const [group = '', method = ''] = name.split('.');
    const call = (contract as unknown as Record<string, Record<string, unknown>>)[group]?.[method];
    if (!isContractProcedure(call)) throw new Error(`${name} is no call`);
    const { route, inputSchema } = call['~orpc'];
    expect([name, route.method, route.path, inputSchema]).toEqual([name, 'GET', path, undefined]);
  }
});

it('asks with the token in a header and gives the answer', async () => {
  const seen: (string | undefined)[] = [];
  const answer = await read(({ url, headers }, response) => {
    seen.push(url, headers.authorization);
    response.setHeader('x-request-id', String(headers['x-request-id']));
    response.end('{"envs":[]}');
  });
  expect(answer).toEqual({ envs: [] });
  expect(seen).toEqual(['/api/envs', 'Bearer secret']);
});

it('takes nothing else for an answer', async () => {
  const echo: (...rest: Parameters<RequestListener>) => void = ({ headers }, response) =>
    response.setHeader('x-request-id', String(headers['x-request-id']));
  const others: RequestListener[] = [
    (_request, response) => response.end('{"envs":[]}'),
    (_request, response) => response.setHeader('x-request-id', 'of another').end('{"envs":[]}'),
    (request, response) => {
      echo(request, response);
      response.end('<html>');
    },
    (request, response) => {
      echo(request, response);
      response.writeHead(401).end('{"code":"UNAUTHORIZED"}');
    },
    (request, response) => {
      echo(request, response);
      response.writeHead(200, { 'content-length': 100 }).write('{"envs":');
      response.destroy();
    },
    (request) => request.socket.destroy(),
  ];
  for (const other of others) expect(await read(other)).toBe(null);
  expect(await readOnce({ url: 'http://127.0.0.1:1', token: 'secret' }, 'env.list')).toBe(null);
});
