// Limits of an agent per user and per address: calls over all connections, connections, and one feed per connection.
import { connect, type Socket } from 'node:net';
import type { NodeConnection } from '@tt/client/node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultConfig } from '../config/read-config.ts';
import { startTestAgent, type TestAgent } from '../testing/in-process-agent.ts';
import { until } from '../testing/until.ts';

describe('an agent', () => {
  let agent: TestAgent;
  const connections: NodeConnection[] = [];
  const sockets: Socket[] = [];

  beforeEach(async () => {
    const { limits } = defaultConfig('/nowhere');
    agent = await startTestAgent({ config: { limits: { ...limits, callsInFlight: 1, connectionsPerAddress: 8 } } });
  }, 30_000);
  afterEach(async () => {
    for (const connection of connections.splice(0)) connection.close();
    for (const socket of sockets.splice(0)) socket.destroy();
    await agent.stop();
  });

  function another(): NodeConnection {
    const connection = agent.connectAs(agent.token);
    connections.push(connection);
    return connection;
  }

  it('runs so many calls of one user, on whatever connections, and again when one has ended', async () => {
    const hold = agent.engine.holdNext('start');
    const first = agent.client.env.create({ name: 'first', groups: [{ osPrefix: 'tiny' }] });
    await hold.reached;
    const other = another();
    await expect(other.client.host.ping()).rejects.toMatchObject({
      code: 'LIMIT_REACHED',
      data: { user: 'local', limit: 'callsInFlight', total: 1, used: 1, wanted: 1 },
    });
    const answer = await fetch(`${agent.url}/api/ping`, { headers: { authorization: `Bearer ${agent.token}` } });
    expect(answer.status).toBe(429);
    hold.release();
    await first;
    await other.client.host.ping();
  });

  it('carries one feed on each connection; the next one when it has ended', async () => {
    const own = another();
    const feed = await own.client.event.follow({});
    expect((await feed.next()).value).toMatchObject({ kind: 'snapshot' });
    const again = own.client.event.follow({}).then((other) => other.next());
    await expect(again).rejects.toMatchObject({ code: 'LIMIT_REACHED', data: { limit: 'feeds' } });
    const other = await another().client.event.follow({});
    expect((await other.next()).value).toMatchObject({ kind: 'snapshot' });
    await other.return(undefined);
    await feed.return(undefined);
    await until('it may follow again', async () => {
      const next = await own.client.event.follow({}).catch(() => null);
      const item = await next?.next().catch(() => null);
      await next?.return(undefined);
      return item !== null && item !== undefined && !item.done && item.value.kind === 'snapshot';
    });
  });

  it('tells an address with too many connections why, and takes others when some have closed', async () => {
    const { hostname, port } = new URL(agent.url);
    const open = () => {
      const socket = connect(Number(port), hostname);
      sockets.push(socket);
      socket.on('error', () => {});
      let said = '';
      socket.on('data', (data: Buffer) => {
        said += data.toString();
      });
      return { socket, said: () => said };
    };
    const opened = Array.from({ length: 10 }, open);
    await until('some are refused', () => opened.some(({ said }) => said().includes('LIMIT_REACHED')));
    const refused = opened.filter(({ said }) => said().includes('connectionsPerAddress'));
    expect(refused.length).toBeGreaterThan(0);
    for (const socket of sockets.splice(0)) socket.destroy();
    await until('there is room again', async () => {
      const answer = await fetch(`${agent.url}/api/ping`, { headers: { authorization: `Bearer ${agent.token}` } });
      return answer.ok;
    });
  });
});
