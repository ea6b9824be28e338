// The proxy against a real agent (fake engine): calls, coded errors, the feed and a console stream, as a client sees them.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { downloadChunks, uploadFile, wholeItems } from '@tt/client';
import { connectNode, type NodeConnection, runOutput } from '@tt/client/node';
import { contract, streamClose, TtError } from '@tt/protocol';
import { Tickets } from '@tt/server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestAgent, type TestAgent } from '../agent/testing/in-process-agent.ts';
import { ShellViewer } from '../agent/testing/shell-viewer.ts';
import { until } from '../agent/testing/until.ts';
import { proxyRouter } from './router.ts';
import { linksOver, startTestProxy, type TestProxy } from './test-proxy.ts';

let agent: TestAgent;
let proxy: TestProxy;
let connection: NodeConnection;

beforeAll(async () => {
  agent = await startTestAgent();
  proxy = await startTestProxy(agent);
  ({ connection } = proxy);
});

afterAll(async () => {
  await proxy.stop();
  await agent.stop();
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
    for await (const item of wholeItems(await client.event.follow({}, { signal: abort.signal }))) {
      abort.abort();
      return item;
    }
    return null;
  };
  // Between two looks the host may have told of itself anew, such as of its free disk.
  const isSame = async () => isDeepStrictEqual(await first(connection.client), await first(agent.client));
  await expect.poll(isSame).toBe(true);
});

test('calls about ENVs, VMs and the host give the agent’s own answers', async () => {
  const { vms } = await connection.client.env.show({ name: 'through' });
  const vmId = vms[0]?.id ?? '';
  const { client } = proxy;
  // Between two looks the host may have been measured anew.
  const isSameHost = async () => isDeepStrictEqual(await client.host.show(), await agent.client.host.show());
  await expect.poll(isSameHost).toBe(true);
  expect(await client.host.me()).toEqual(await agent.client.host.me());
  expect(await client.host.firewall()).toEqual(await agent.client.host.firewall());
  await until('its VM is measured', async () => (await client.host.metrics()).vms.some((vm) => vm.vmId === vmId));

  const added = await client.env.addVms({ name: 'through', groups: [{ osPrefix: 'debian' }] });
  expect(await agent.client.env.show({ name: 'through' })).toEqual(added);
  const change = { ports: [{ protocol: 'udp' as const, guestPort: 53 }] };
  const vm = await client.vm.update({ vmId, ...change });
  expect(await agent.client.vm.show({ vmId })).toEqual(vm);
  expect(vm.portMap.map(({ guestPort }) => guestPort)).toEqual([22, 53]);
  const env = await client.env.update({ name: 'through', endPolicy: 'snapshotThenStop', vms: { ports: [] } });
  expect([env.endPolicy, (await agent.client.vm.show({ vmId })).portMap.length]).toEqual(['snapshotThenStop', 1]);
  const { removed } = await client.env.removeVms({ name: 'through', osPrefixes: ['debian'] });
  expect(removed).toEqual([{ id: added.vms[1]?.id, name: 'through/debian-12-1', why: 'osPrefix' }]);
  const cpu = client.vm.update({ vmId, cpuCount: 2 });
  await expect(cpu).rejects.toMatchObject({ code: 'VM_MUST_BE_STOPPED', data: { vmName: 'through/tiny-2-1' } });
});

test('no call of the contract is missing: each is asked of the agent', () => {
  const calls = (part: object) =>
    Object.entries(part).flatMap(([name, inner]) => Object.keys(inner).map((call) => `${name}.${call}`));
  const router = proxyRouter(linksOver(proxy.connection), new Tickets(() => new Date()), 'token');
  expect(calls(router).sort()).toEqual(calls(contract).sort());
});

test('metrics come through the feed, again and again', async () => {
  const { vms } = await connection.client.env.show({ name: 'through' });
  const abort = new AbortController();
  const measured: string[] = [];
  for await (const item of await connection.client.event.follow({}, { signal: abort.signal })) {
    if (item.kind !== 'metrics') continue;
    if (item.metrics.vms.some(({ vmId }) => vmId === vms[0]?.id)) measured.push(item.metrics.at);
    if (measured.length === 2) break;
  }
  abort.abort();
  expect(new Set(measured).size).toBe(2);
});

test('a follower through the proxy may want sums of ENVs alone, and asks for single VMs besides', async () => {
  const { vms } = await connection.client.env.show({ name: 'through' });
  const vmIds = vms.map(({ id }) => id);
  const abort = new AbortController();
  for await (const item of await connection.client.event.follow({ metrics: 'envs' }, { signal: abort.signal })) {
    if (item.kind !== 'metrics') continue;
    expect(item.metrics.vms).toEqual([]);
    if (item.metrics.envs?.some(({ envName }) => envName === 'through')) break;
  }
  abort.abort();
  const answer = await proxy.client.host.metrics({ vmIds, minuteOf: vmIds });
  expect(answer.vms.map(({ vmId }) => vmId)).toEqual(vmIds);
  expect(answer.minutes?.map(({ vmId }) => vmId)).toEqual(vmIds);
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

test('a shell through the proxy has its size and its end', async () => {
  const { vms } = await connection.client.env.show({ name: 'through' });
  const shell = await ShellViewer.open(connection, { vmId: vms[0]?.id ?? '', columns: 70, rows: 20 });
  shell.type('stty size\r');
  await shell.shows('20 70');
  shell.channel.resize({ columns: 71, rows: 21 });
  shell.type('stty size\rexit 6\r');
  expect(await shell.closed).toEqual({
    code: streamClose.vmNotRunning,
    end: { exitCode: 6, signal: null, failure: null },
  });
  expect(shell.text).toContain('21 71');
});

test('a run through the proxy has its output there, to the end', async () => {
  const { vms } = await connection.client.env.show({ name: 'through' });
  const vmId = vms[0]?.id ?? '';
  const command = { argv: ['hostname'] };
  const { run } = await connection.client.run.start({ envName: 'through', command, vmIds: [vmId] });
  const parts: Buffer[] = [];
  for await (const bytes of runOutput(connection, { runId: run.id, vmId, channel: 'stdout' })) parts.push(bytes);
  expect(Buffer.concat(parts).toString()).toBe('tiny-2-1\n');
  await until('it has ended', async () => (await connection.client.run.show({ runId: run.id })).run.state === 'ended');
  expect(await connection.client.run.list({ envName: 'through' })).toEqual(await agent.client.run.list({}));
  await connection.client.run.delete({ runId: run.id });
});

test('a console whose guest’s end fails or stops is closed with the agent’s code', async () => {
  const { vms } = await connection.client.env.create({ name: 'ends', groups: [{ osPrefix: 'tiny' }] });
  const vmId = vms[0]?.id ?? '';
  const open = async (kind: 'serial' | 'vnc') => {
    const { ticket } = await connection.client.console.open({ vmId, kind });
    const stream = connection.openStream(ticket);
    const closed = new Promise<number>((resolve) => {
      stream.onclose = ({ code }) => resolve(code);
    });
    return { stream, closed };
  };
  const { stream, closed } = await open('serial');
  await new Promise((resolve) => {
    stream.onopen = resolve;
  });
  await rm(`${agent.home}/run/${vmId}/vnc.sock`);
  expect(await (await open('vnc')).closed).toBe(streamClose.upstreamFailed);
  await connection.client.vm.stop({ vmId, graceS: 0 });
  expect(await closed).toBe(streamClose.vmNotRunning);
  await connection.client.env.delete({ name: 'ends' });
});

test('a file goes through the proxy to the agent, and a capsule comes back, in bytes', async () => {
  const bytes = randomBytes(3 * 1024 * 1024 + 7);
  const read = async (offset: number, length: number) => bytes.subarray(offset, offset + length);
  const source = { fileName: 'x', sizeBytes: bytes.length, read };
  const sent = await uploadFile(connection, source, randomUUID());
  expect(sent.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
  const { transfer } = await connection.client.capsule.export({ envName: 'through' });
  const pieces: Uint8Array[] = [];
  for await (const piece of downloadChunks(connection, transfer, 0)) pieces.push(piece);
  expect(createHash('sha256').update(Buffer.concat(pieces)).digest('hex')).toBe(transfer.sha256);
  for (const { id } of [sent, transfer]) await connection.client.transfer.drop({ transferId: id });
});

test('files go through the proxy into a guest and back', async () => {
  const { client } = connection;
  const bytes = randomBytes(400_000);
  const read = async (offset: number, length: number) => bytes.subarray(offset, offset + length);
  const { id } = await uploadFile(connection, { fileName: 'x', sizeBytes: bytes.length, read }, randomUUID());
  const files = [{ path: 'in/it', sizeBytes: bytes.length }];
  const put = await client.guestFile.put({ envName: 'through', folder: '/root', files, transferId: id });
  expect(put.vms.map(({ state }) => state)).toEqual(put.vms.map(() => 'done'));
  const vmId = put.vms[0]?.vmId ?? '';
  const { entries } = await client.guestFile.list({ vmId, path: '/root/in' });
  const wanted = entries.map(({ path, sizeBytes }) => ({ path, sizeBytes }));
  const { transfer } = await client.guestFile.get({ vmId, files: wanted });
  const pieces: Uint8Array[] = [];
  for await (const piece of downloadChunks(connection, transfer, 0)) pieces.push(piece);
  expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
  await client.transfer.drop({ transferId: transfer.id });
});

test('the agent’s token does not open the proxy', async () => {
  const stranger = connectNode({ url: proxy.url, token: agent.token });
  await expect(stranger.client.env.list()).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  stranger.close();
  const answer = await fetch(`${proxy.url}/api/envs`, { headers: { authorization: `Bearer ${agent.token}` } });
  expect(answer.status).toBe(401);
});
