// The proxy against a real agent (fake engine): calls, coded errors, the feed and a console stream, as a client sees them.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connectNode, type NodeConnection } from '@tt/client/node';
import { TtError } from '@tt/protocol';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestAgent, type TestAgent } from '../agent/test-agent.ts';
import { type RunningProxy, startProxy } from './proxy.ts';

let agent: TestAgent;
let proxy: RunningProxy;
let connection: NodeConnection;
let directory: string;

beforeAll(async () => {
  agent = await startTestAgent();
  directory = await mkdtemp(path.join(tmpdir(), 'tt-proxy-'));
  const agentTokenFile = path.join(directory, 'agent-token');
  await writeFile(agentTokenFile, agent.token, { mode: 0o600 });
  const config = {
    agentUrl: agent.url,
    agentTokenFile,
    tokenFile: path.join(directory, 'token'),
    host: '127.0.0.1',
    port: 0,
    windowDirectory: null,
    logLevel: 'silent',
  };
  proxy = await startProxy(config, pino({ level: 'silent' }));
  connection = connectNode(proxy);
});

afterAll(async () => {
  connection.close();
  await proxy.stop();
  await agent.stop();
  await rm(directory, { recursive: true, force: true });
});

test('an ENV made through the proxy is the agent’s, and errors keep their code and data', async () => {
  const request = { name: 'through', groups: [{ osPrefix: 'tiny' }] };
  const detail = await connection.client.env.create(request);
  expect(await agent.client.env.show({ name: 'through' })).toEqual(detail);
  const again = connection.client.env.create(request);
  await expect(again).rejects.toMatchObject({ code: 'ENV_NAME_TAKEN', data: { envName: 'through' } });
  await expect(again).rejects.toBeInstanceOf(TtError);
});

test('the feed through the proxy starts with the same picture as the agent’s', async () => {
  const first = async (client: NodeConnection['client']) => {
    const abort = new AbortController();
    for await (const item of await client.event.follow({}, { signal: abort.signal })) {
      abort.abort();
      return item;
    }
    return null;
  };
  expect(await first(connection.client)).toEqual(await first(agent.client));
});

test('a console opened through the proxy carries the guest’s bytes', async () => {
  const { vms } = await connection.client.env.show({ name: 'through' });
  const vmId = vms[0]?.id ?? '';
  const { ticket } = await connection.client.console.open({ vmId, kind: 'vnc' });
  const stream = connection.openStream(ticket);
  const greeting = await new Promise<string>((resolve, reject) => {
    stream.onmessage = (event) => resolve(Buffer.from(event.data as ArrayBuffer).toString('latin1'));
    stream.onclose = (event) => reject(new Error(`closed with ${event.code}`));
  });
  stream.close();
  expect(greeting).toMatch(/^RFB 003\.008\n/);
});

test('the agent’s token does not open the proxy', async () => {
  const stranger = connectNode({ url: proxy.url, token: agent.token });
  await expect(stranger.client.env.list()).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  stranger.close();
  const answer = await fetch(`${proxy.url}/api/envs`, { headers: { authorization: `Bearer ${agent.token}` } });
  expect(answer.status).toBe(401);
});
