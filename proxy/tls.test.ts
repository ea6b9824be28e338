// A proxy and its agent, both with TLS: calls and consoles through both, and each known by its own authority.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { connectNode } from '@tt/client/node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestAgent, type TestAgent } from '../agent/testing/in-process-agent.ts';
import { startTestProxy, type TestProxy } from './test-proxy.ts';

let agent: TestAgent;
let proxy: TestProxy;

beforeAll(async () => {
  agent = await startTestAgent({
    config: { tls: { mode: 'always', names: [], certificateFile: null, keyFile: null } },
  });
  const agentAuthorityFile = path.join(agent.home, 'authority-of-agent.pem');
  await writeFile(agentAuthorityFile, agent.authority ?? '');
  proxy = await startTestProxy(agent, { agentAuthorityFile, agentMustProve: false, tlsAlways: true });
});
afterAll(async () => {
  await proxy.stop();
  await agent.stop();
});

it('passes calls and the stream of a console on', async () => {
  expect(proxy.url).toMatch(/^https:/);
  const { vms } = await proxy.client.env.create({ name: 'through', groups: [{ osPrefix: 'tiny' }] });
  const { ticket } = await proxy.client.console.open({ vmId: vms[0]?.id ?? '', kind: 'vnc' });
  const stream = proxy.connection.openStream(ticket);
  stream.binaryType = 'arraybuffer';
  const first = await new Promise<ArrayBuffer>((resolve, reject) => {
    stream.onmessage = ({ data }) => resolve(data as ArrayBuffer);
    stream.onclose = reject;
  });
  // What a VNC server says first (RFC 6143 7.1.1).
  expect(Buffer.from(first).toString('latin1')).toMatch(/^RFB 003\.008\n/);
  stream.close();
  await proxy.client.env.delete({ name: 'through' });
});

it('is another server than its agent', async () => {
  const mistaken = connectNode({ url: proxy.url, token: proxy.token, authority: agent.authority });
  await expect(mistaken.client.host.ping()).rejects.toMatchObject({ code: 'SERVER_IDENTITY_WRONG' });
  mistaken.close();
});
