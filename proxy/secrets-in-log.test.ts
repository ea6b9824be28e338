// Secrets of every kind go through a proxy and an agent that log all they can: none of them is in either log. A field of the
// contract that sounds like a secret must be one that the log leaves out, or be declared harmless here.
import { once } from 'node:events';
import { RPC_PATH } from '@tt/protocol';
import { SECRET_FIELDS, Tickets } from '@tt/server';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { startTestAgent, type TestAgent } from '../agent/testing/in-process-agent.ts';
import { until } from '../agent/testing/until.ts';
import { startTestProxy, type TestProxy } from './test-proxy.ts';

let agent: TestAgent;
let proxy: TestProxy;
beforeAll(async () => {
  agent = await startTestAgent();
  proxy = await startTestProxy(agent);
});
afterAll(async () => {
  await proxy.stop();
  await agent.stop();
});

const logs = () => `${agent.log.map((line) => JSON.stringify(line)).join('\n')}\n${proxy.log.join('')}`;

it('no secret is in a log, at the lowest level', async () => {
  const given = { password: 'Given-1-to-guest', content: 'Given-2-in-file', command: 'echo Given-3-by-command' };
  const secrets = new Map<string, string>(Object.entries(given));
  // Also those the agent gives to the proxy, which no client sees.
  const issue = vi.spyOn(Tickets.prototype, 'issue');
  for (const [name, server] of Object.entries({ agent, proxy })) {
    const { code } = await server.client.session.invite();
    const joined = await server.client.session.join({ code });
    secrets.set(`token of ${name}`, server.token).set(`code of ${name}`, code).set(`session at ${name}`, joined.secret);
    // Shown at the wrong places, as people do.
    for (const where of [`/api/nothing?token=${server.token}`, `/api/host?join=${code}`]) {
      await fetch(`${server.url}${where}`, { headers: { authorization: `Bearer ${joined.secret}` } });
    }
    await fetch(`${server.url}/api/session/join`, { method: 'POST', body: `{"code":"${server.token}` });
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}${RPC_PATH}`, {
      headers: { authorization: `Bearer ${server.token}` },
    });
    await once(socket, 'open');
    socket.send(`malformed ${server.token}`);
    await until(`${name} took note of it`, () => logs().includes('"dropped a malformed RPC frame"'));
    socket.terminate();
  }
  const cloudInit = {
    password: given.password,
    files: [{ path: '/etc/secret', content: given.content }],
    commands: [given.command],
  };
  const request = { osPrefix: 'tiny', cloudInit };
  const { client } = proxy;
  await client.env.create({ name: 'safe', groups: [request] });
  await expect(client.env.create({ name: 'safe', groups: [request] })).rejects.toMatchObject({
    code: 'ENV_NAME_TAKEN',
  });
  secrets.set('private key', (await client.env.sshKey({ name: 'safe' })).privateKey);
  const [vm] = (await client.env.show({ name: 'safe' })).vms;
  const vmId = vm?.id ?? '';
  const { ticket } = await client.console.open({ vmId, kind: 'vnc' });
  const own = await agent.client.console.open({ vmId, kind: 'serial' });
  // Tickets for a VM that is gone by then.
  await client.vm.stop({ vmId });
  for (const [connection, good] of [
    [proxy.connection, ticket],
    [agent.connection, own.ticket],
  ] as const) {
    const closed = Promise.withResolvers<void>();
    connection.openStream(good).onclose = () => closed.resolve();
    await closed.promise;
  }
  await until('the proxy could not open the stream', () => logs().includes('could not be opened'));
  const secret = 'Secret-of-a-terminal';
  secrets.set('secret of a terminal', secret);
  await client.profile.create({ name: 'office', image: 'tiny' });
  await client.lab.create({ name: 'room', profileNames: ['office'], terminalsEnabled: true });
  await client.lab.setTerminal({ name: 'room', terminalName: 'pc', secret });
  await expect(
    client.terminal.connect({ labName: 'room', terminalName: 'pc', secret: `${secret}x` }),
  ).rejects.toThrow();
  await client.terminal.connect({ labName: 'room', terminalName: 'pc', secret });

  const tickets = issue.mock.results.map(({ value }) => (value as { ticket: string }).ticket);
  issue.mockRestore();
  expect(tickets.length).toBeGreaterThanOrEqual(3);
  for (const [index, one] of tickets.entries()) secrets.set(`ticket ${index}`, one);
  expect([...secrets].filter(([, secret]) => secret.length < 8)).toEqual([]);
  const text = logs();
  expect(text.split('\n').length).toBeGreaterThan(5);
  expect([...secrets].filter(([, secret]) => text.includes(secret)).map(([name]) => name)).toEqual([]);
});

/** They sound like secrets and are none. */
const harmless = ['code', 'exitCode', 'hasPassword', 'hasSecret', 'tokenId', 'tokenName', 'tokens'];

it('every field of the API that sounds like a secret is left out of logs, or known to be none', async () => {
  const headers = { authorization: `Bearer ${agent.token}` };
  const document = await (await fetch(`${agent.url}/api/openapi.json`, { headers })).text();
  const names = new Set<string>();
  JSON.parse(document, (key: string, value: unknown) => {
    if (key === 'properties') for (const name of Object.keys(value as object)) names.add(name);
    return value;
  });
  const suspicious = [...names].filter((name) =>
    /pass(word|phrase)|secret|token|ticket|credential|private|code$/i.test(name),
  );
  expect(suspicious.length).toBeGreaterThan(4);
  const known: readonly string[] = [...SECRET_FIELDS, ...harmless];
  expect(suspicious.filter((name) => !known.includes(name))).toEqual([]);
});
