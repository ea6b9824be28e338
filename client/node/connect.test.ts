// The link from Node to servers that are not an agent, or refuse the client.
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { connectNode, type NodeConnection, socketUrl } from './connect.ts';

const servers: Server[] = [];
const connections: NodeConnection[] = [];

async function connectTo(answer: RequestListener): Promise<NodeConnection> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const connection = connectNode({ url: `http://127.0.0.1:${port}`, token: 'secret' });
  connections.push(connection);
  return connection;
}

afterEach(() => {
  for (const connection of connections.splice(0)) connection.close();
  for (const server of servers.splice(0)) server.close();
});

describe('connecting', () => {
  it('shows the token in a header, never in the address', async () => {
    const seen: (string | undefined)[] = [];
    const { client } = await connectTo((request, response) => {
      seen.push(request.url, request.headers.authorization);
      response.writeHead(404).end();
    });
    await expect(client.host.ping()).rejects.toMatchObject({ code: 'AGENT_UNREACHABLE' });
    expect(seen).toEqual(['/api/rpc', 'Bearer secret']);
  });

  it('reports the coded error of a refused handshake', async () => {
    const { client } = await connectTo((_request, response) => {
      response.writeHead(403).end(JSON.stringify({ code: 'ORIGIN_REFUSED', data: { origin: 'x' } }));
    });
    await expect(client.host.ping()).rejects.toMatchObject({ code: 'ORIGIN_REFUSED', data: { origin: 'x' } });
  });

  it('takes anything else that listens there for no agent', async () => {
    const bodies = ['<html>', '{"code":"EVIL"}', '[]', ''];
    for (const body of bodies) {
      const { client } = await connectTo((_request, response) => response.writeHead(200).end(body));
      await expect(client.host.ping()).rejects.toMatchObject({ code: 'AGENT_UNREACHABLE' });
    }
  });

  it('says so when nobody listens', async () => {
    const connection = connectNode({ url: 'http://127.0.0.1:1', token: 'secret' });
    await expect(connection.client.host.ping()).rejects.toMatchObject({
      code: 'AGENT_UNREACHABLE',
      data: { url: 'http://127.0.0.1:1' },
    });
    connection.close();
  });
});

it('makes socket addresses from base addresses', () => {
  const made = ['http://h:1', 'https://h/', 'http://h/base/', 'http://[::1]:9'].map((base) =>
    socketUrl(base, '/api/rpc'),
  );
  expect(made).toEqual(['ws://h:1/api/rpc', 'wss://h/api/rpc', 'ws://h/base/api/rpc', 'ws://[::1]:9/api/rpc']);
});
