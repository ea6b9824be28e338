// Machines on a switch, through the agent’s API: addresses of their own, ports of this host, what is refused because nobody could
// enforce it, and copies.
import type { VmGroup } from '@tt/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestAgent, type TestAgent } from '../../testing/in-process-agent.ts';

const groups: VmGroup[] = [{ osPrefix: 'tiny', copies: 2 }];

let agent: TestAgent;
beforeAll(async () => {
  agent = await startTestAgent({ config: { network: 'switch' } });
});
afterAll(() => agent.stop());

const show = (name: string) => agent.client.env.show({ name });
const nicsOf = (vmId: string) => agent.fakeHost.ofVm(vmId)?.spec.nics ?? [];

it('have a block of their ENV, and ports at which their QEMU listens', async () => {
  const { env, vms } = await agent.client.env.create({ name: 'shop', groups });
  expect(env.networks).toEqual([{ kind: 'switch', cidr: '10.213.0.0/24', vni: null }]);
  expect(vms.map(({ netKind, ip }) => [netKind, ip])).toEqual([
    ['switch', '10.213.0.3'],
    ['switch', '10.213.0.4'],
  ]);
  for (const { id, ip, mac, portMap } of vms) {
    const [ssh] = portMap;
    expect(portMap).toHaveLength(1);
    expect(ssh?.hostAddress).toMatch(/^127\./);
    expect(nicsOf(id)).toEqual([
      {
        kind: 'switch',
        mac,
        ip,
        cidr: '10.213.0.0/24',
        gateway: '10.213.0.1',
        nameServer: '10.213.0.2',
        forwards: [{ protocol: 'tcp', hostAddress: ssh?.hostAddress, hostPort: ssh?.hostPort, guestPort: 22 }],
        denyOutgoing: false,
      },
    ]);
  }
  const other = await agent.client.env.create({ name: 'other', groups: [{ osPrefix: 'tiny' }] });
  expect(other.env.networks).toMatchObject([{ cidr: '10.213.1.0/24' }]);
});

it('get and lose ports while they run', async () => {
  const { vms } = await show('shop');
  const vmId = vms[0]?.id ?? '';
  const { portMap } = await agent.client.vm.update({ vmId, ports: [{ protocol: 'tcp', guestPort: 80 }] });
  expect(portMap.map(({ guestPort }) => guestPort)).toEqual([22, 80]);
  expect(
    agent.fakeHost
      .ofVm(vmId)
      ?.forwards.get(0)
      ?.map(({ guestPort }) => guestPort),
  ).toEqual([22, 80]);
});

it.each([
  ['bandwidth', { nics: [{ bandwidthMbps: 10 }] }],
  ['blacklist', { blacklist: ['192.0.2.1'] }],
])('are refused %s, and nothing is made', async (feature, more) => {
  const create = agent.client.env.create({ name: 'refused', groups: [{ osPrefix: 'tiny', ...more }] });
  await expect(create).rejects.toMatchObject({ code: 'FEATURE_UNSUPPORTED', data: { feature } });
  await expect(show('refused')).rejects.toMatchObject({ code: 'ENV_NOT_FOUND' });
});

it('have to stop for a change of outgoing connections, and have none after it', async () => {
  const update = () => agent.client.env.update({ name: 'other', denyOutgoing: true });
  await expect(update()).rejects.toMatchObject({ code: 'VM_MUST_BE_STOPPED' });
  await agent.client.env.stop({ name: 'other', graceS: 0 });
  await update();
  await agent.client.env.start({ name: 'other' });
  const { vms } = await show('other');
  expect(nicsOf(vms[0]?.id ?? '')).toMatchObject([{ denyOutgoing: true }]);
});

it('are copied with a block of their own, or fenced with the addresses they have', async () => {
  const { vms } = await show('shop');
  await agent.client.env.clone({ name: 'shop', newName: 'copy' });
  await agent.client.env.clone({ name: 'shop', newName: 'fenced', fenced: true });
  const [copy, fenced] = [await show('copy'), await show('fenced')];
  expect(copy.env.networks).toMatchObject([{ kind: 'switch', cidr: '10.213.2.0/24' }]);
  expect(new Set([...vms, ...copy.vms].map(({ mac }) => mac)).size).toBe(4);
  expect(fenced.env.networks).toMatchObject([{ kind: 'switch', cidr: '10.213.0.0/24' }]);
  expect(fenced.vms.map(({ mac, ip, portMap }) => [mac, ip, portMap])).toEqual(vms.map(({ mac, ip }) => [mac, ip, []]));
  expect(nicsOf(fenced.vms[0]?.id ?? '')).toMatchObject([{ denyOutgoing: true, forwards: [] }]);
  await agent.client.env.delete({ name: 'shop' });
  expect((await show('fenced')).env.state).toBe('running');
});
