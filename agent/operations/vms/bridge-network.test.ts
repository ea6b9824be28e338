// Machines in the network around the host: who can put them there, what is refused because nobody could enforce it, and addresses
// that only their guests know.
import { createHash } from 'node:crypto';
import path from 'node:path';
import type { NodeConnection } from '@tt/client/node';
import type { TtClient, VmGroup } from '@tt/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeTestImage, makeTestImages } from '../../testing/image-folder.ts';
import { startTestAgent, type TestAgent } from '../../testing/in-process-agent.ts';
import { until } from '../../testing/until.ts';
import { addressesIn } from './guest-addresses.ts';

const tokens = { ann: 'a'.repeat(43), bob: 'b'.repeat(43) };
const users = Object.entries(tokens).map(([name, token]) => ({
  name,
  tokenSha256: createHash('sha256').update(token).digest('hex'),
  role: 'user' as const,
}));
const groups: VmGroup[] = [{ osPrefix: 'tiny', nics: [{ kind: 'bridge' }] }];
const refused = { code: 'NOT_ALLOWED', data: { user: 'bob', what: 'useBridge' } };

/** For a machine that does much else. */
const SLOW_MS = 60_000;

let agent: TestAgent;
let ann: TtClient;
let bob: TtClient;
const connections: NodeConnection[] = [];

/** One agent for all of them: each test has ENVs of its own. */
beforeAll(async () => {
  agent = await startTestAgent({
    config: { network: 'nat', lanDevice: 'br0', lanUsers: ['ann'], users },
    hostLookMs: 50,
    makeImages: async (directory) => {
      await makeTestImages(directory);
      await makeTestImage(path.join(directory, 'bare'), { name: 'qemu:bare-1:default', features: ['vnc', 'serial'] });
    },
  });
  const as = (name: keyof typeof tokens) => {
    const connection = agent.connectAs(tokens[name]);
    connections.push(connection);
    return connection.client;
  };
  [ann, bob] = [as('ann'), as('bob')];
}, SLOW_MS);
beforeEach(() => agent.configure({ lanUsers: ['ann'] }));
afterAll(async () => {
  for (const connection of connections.splice(0)) connection.close();
  await agent.stop();
}, SLOW_MS);

const vmOf = async (name: string) => {
  const { vms } = await ann.env.show({ name });
  if (!vms[0]) throw new Error(`${name} has no VM`);
  return vms[0];
};
const untilAddress = (name: string) => until(`${name} has an address`, async () => (await vmOf(name)).ip, 30_000);
const envNames = async () => (await agent.client.env.list()).envs.map(({ name }) => name);

describe('the network around the host', { timeout: SLOW_MS }, () => {
  it('takes machines of users who are allowed to, of administrators, and of nobody else', async () => {
    await ann.env.create({ name: 'hers', groups });
    await agent.client.env.create({ name: 'theirs', groups });
    await bob.env.create({ name: 'his', groups: [{ osPrefix: 'tiny' }] });
    await expect(bob.env.create({ name: 'more', groups })).rejects.toMatchObject(refused);
    await expect(bob.env.addVms({ name: 'his', groups })).rejects.toMatchObject(refused);
    // What was given before it was taken away is not multiplied.
    await agent.configure({ lanUsers: ['bob'] });
    await expect(ann.env.clone({ name: 'hers', newName: 'again' })).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    await expect(ann.vm.clone({ vmId: (await vmOf('hers')).id })).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    await ann.env.clone({ name: 'hers', newName: 'fenced', fenced: true });
    await bob.env.addVms({ name: 'his', groups });
    await agent.configure({ lanUsers: ['*'] });
    await ann.env.clone({ name: 'hers', newName: 'again' });
    expect(await envNames()).not.toContain('more');
  });

  it('is told by the guest’s address, while it runs', async () => {
    const { env } = await ann.env.create({ name: 'told', groups });
    expect(env.networks).toEqual([{ kind: 'bridge', cidr: null, vni: null }]);
    const ip = await untilAddress('told');
    const { id, nics, portMap } = await vmOf('told');
    expect(nics).toEqual([{ kind: 'bridge', mac: expect.stringMatching(/^52:54:/), ip, bandwidthMbps: null }]);
    expect(portMap).toEqual([]);
    await ann.vm.stop({ vmId: id });
    expect((await vmOf('told')).ip).toBeNull();
    await ann.vm.start({ vmId: id });
    expect(await untilAddress('told')).toBe(ip);
  });

  it('is told by the guest helper of one that has no guest agent', async () => {
    await ann.env.create({ name: 'bare', groups: [{ osPrefix: 'bare', nics: [{ kind: 'bridge' }] }] });
    expect(await untilAddress('bare')).toMatch(/^198\.51\.100\.\d+$/);
  });

  it('gives a copy that wakes there addresses of its own, and leaves a fenced one those it had', async () => {
    await ann.env.create({ name: 'first', groups });
    const ip = await untilAddress('first');
    await ann.env.clone({ name: 'first', newName: 'copy' });
    const copy = await vmOf('copy');
    expect(copy.identity?.parts).toMatchObject({ mac: 'new', address: 'new' });
    expect(copy.mac).not.toBe((await vmOf('first')).mac);
    await ann.env.clone({ name: 'first', newName: 'shut', fenced: true });
    const fenced = await vmOf('shut');
    expect([fenced.mac, fenced.identity?.parts.address]).toEqual([(await vmOf('first')).mac, 'same']);
    expect(await untilAddress('shut')).toBe(ip);
  });

  it('is guarded by nobody of this host: what can’t be enforced is refused by name', async () => {
    const unsupported = (feature: string) => ({
      code: 'FEATURE_UNSUPPORTED',
      data: expect.objectContaining({ feature }),
    });
    const [group] = groups;
    const make = (more: Partial<VmGroup>, rest = {}) =>
      ann.env.create({ name: 'not', groups: [{ ...group, ...more }], ...rest });
    await expect(make({ blacklist: ['192.0.2.1'] })).rejects.toMatchObject(unsupported('blacklist'));
    await expect(make({ ports: [{ protocol: 'tcp', guestPort: 80 }] })).rejects.toMatchObject(
      unsupported('portForward'),
    );
    await expect(make({}, { denyOutgoing: true })).rejects.toMatchObject(unsupported('denyOutgoing'));
    await expect(make({ nics: [{ kind: 'nat' }, { kind: 'bridge' }], blacklist: ['192.0.2.1'] })).rejects.toMatchObject(
      unsupported('blacklist'),
    );
    await ann.env.create({ name: 'open', groups });
    await expect(ann.env.update({ name: 'open', denyOutgoing: true })).rejects.toMatchObject(
      unsupported('denyOutgoing'),
    );
    const { id: vmId } = await vmOf('open');
    await expect(ann.vm.update({ vmId, blacklist: ['192.0.2.1'] })).rejects.toMatchObject(unsupported('blacklist'));
    expect(await envNames()).not.toContain('not');
  });
});

it('is not offered unless a bridge is configured', { timeout: SLOW_MS }, async () => {
  const plain = await startTestAgent();
  try {
    const { networks } = await plain.client.host.show();
    expect(networks.find(({ kind }) => kind === 'bridge')?.problem).toMatchObject({ code: 'notConfigured' });
    await expect(plain.client.env.create({ name: 'demo', groups })).rejects.toMatchObject({
      code: 'NETWORK_UNAVAILABLE',
      data: { kind: 'bridge' },
    });
  } finally {
    await plain.stop();
  }
});

it('believes of what guests say only what an address can be', () => {
  const nic = (mac: unknown, ...addresses: unknown[]) => ({
    name: 'eth0',
    'hardware-address': mac,
    'ip-addresses': addresses.map((ip) => ({ 'ip-address': ip, 'ip-address-type': 'ipv4', prefix: 24 })),
  });
  const mac = '52:54:00:00:00:01';
  expect([
    ...addressesIn([nic(mac.toUpperCase(), '169.254.3.4', '127.0.0.1', '198.51.100.7', '198.51.100.8')]),
  ]).toEqual([[mac, '198.51.100.7']]);
  for (const odd of [null, {}, [nic(mac, '<b>')], [nic(mac, '999.1.1.1')], [nic(7, '198.51.100.7')], 'x'.repeat(1e6)]) {
    expect(addressesIn(odd).size).toBe(0);
  }
});
