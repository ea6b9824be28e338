// The audit trail of an agent behind a proxy: it names who asked the proxy, from where, and the streams they opened.
import { API_PREFIX } from '@tt/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestAgent, type TestAgent } from '../agent/testing/in-process-agent.ts';
import { startTestProxy, type TestProxy } from './test-proxy.ts';

let agent: TestAgent;
let proxy: TestProxy;

beforeAll(async () => {
  agent = await startTestAgent();
  proxy = await startTestProxy(agent);
}, 60_000);
afterAll(async () => {
  await proxy.stop();
  await agent.stop();
});

test('calls and streams through the proxy name who asked it, and its session', async () => {
  const { code } = await proxy.client.session.invite();
  const { secret, session } = await proxy.client.session.join({ code });
  const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json', 'user-agent': 'a browser' };
  const groups = [{ osPrefix: 'tiny' }];
  const made = await fetch(`${proxy.url}${API_PREFIX}/envs`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ name: 'demo', groups }),
  });
  const { vms } = (await made.json()) as { vms: { id: string }[] };
  const vmId = vms[0]?.id ?? '';
  const { entries } = await agent.client.audit.list({ envName: 'demo' });
  const asked = {
    actor: 'person',
    userName: 'local',
    throughProxy: true,
    origin: { address: expect.stringContaining('127.0.0.1'), sessionId: session.id, userAgent: 'a browser' },
  };
  expect(entries).toMatchObject([
    { ...asked, call: 'env.create', phase: 'ended' },
    { ...asked, call: 'env.create', phase: 'begun' },
  ]);
  const { ticket } = await proxy.client.console.open({ vmId, kind: 'serial' });
  const channel = proxy.connection.openStream(ticket);
  await new Promise<void>((resolve) => {
    channel.onopen = () => resolve();
  });
  const streams = await agent.client.audit.list({ call: 'stream.serial' });
  expect(streams.entries).toMatchObject([{ userName: 'local', throughProxy: true, subject: { vmId } }]);
  channel.close();
});

test('what is asked of the agent itself is not through a proxy', async () => {
  await agent.client.env.update({ name: 'demo', title: 'direct' });
  const { entries } = await agent.client.audit.list({ call: 'env.update' });
  expect(entries).toMatchObject([
    { phase: 'ended', userName: 'local', throughProxy: false },
    { phase: 'begun', throughProxy: false },
  ]);
});
