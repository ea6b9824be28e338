// Changing ENVs and VMs: sizes, ports, outgoing connections, blacklists; what requires a stopped VM; all or nothing.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestAgent, type TestAgent } from '../../testing/in-process-agent.ts';
import { bootDiskMiB } from '@tt/protocol';
import { sizeOf } from '../../testing/vm-size.ts';

let agent: TestAgent;
const envs = () => agent.client.env;
const show = (name = 'demo') => envs().show({ name });
const portsOf = async (index = 0) =>
  (await show()).vms[index]?.portMap.map(({ protocol, guestPort }) => `${guestPort}/${protocol}`);

beforeEach(async () => {
  agent = await startTestAgent({ config: { network: 'nat' } });
  await envs().create({
    name: 'demo',
    groups: [{ osPrefix: 'tiny', copies: 2, ports: [{ protocol: 'tcp', guestPort: 80 }] }],
  });
});
afterEach(() => agent.stop());

describe('an ENV', () => {
  it('takes new words, end policy and lifetime at once, also while it is busy', async () => {
    const { env } = await show();
    const changed = await envs().update({
      name: 'demo',
      title: '标题 <b>',
      notes: 'n',
      tags: ['a', 'b'],
      endPolicy: 'stop',
      lifetimeS: 7200,
    });
    expect(changed).toEqual({
      ...env,
      title: '标题 <b>',
      notes: 'n',
      tags: ['a', 'b'],
      endPolicy: 'stop',
      endAt: new Date(Date.parse(env.startAt) + 7_200_000).toISOString(),
    });
    const hold = agent.engine.holdNext('saveState');
    const taking = agent.client.snapshot.create({ envName: 'demo', name: 'x' });
    await hold.reached;
    expect((await envs().update({ name: 'demo', lifetimeS: 60 })).endAt).toBe(
      new Date(Date.parse(env.startAt) + 60_000).toISOString(),
    );
    await expect(envs().update({ name: 'demo', denyOutgoing: true })).rejects.toMatchObject({ code: 'ENV_BUSY' });
    hold.release();
    await taking;
    expect((await show()).env.denyOutgoing).toBe(false);
  });

  it('lives past the limit only when an administrator says so', async () => {
    await expect(envs().update({ name: 'demo', lifetimeS: 990_000 })).rejects.toMatchObject({
      code: 'LIFETIME_TOO_LONG',
      data: { wantedS: 990_000, maxS: 21_600 },
    });
    const { startAt, endAt } = await envs().update({ name: 'demo', lifetimeS: 990_000, overrideLimit: true });
    expect(Date.parse(endAt) - Date.parse(startAt)).toBe(990_000_000);
  });

  it('denies and allows outgoing connections while it runs', async () => {
    expect((await envs().update({ name: 'demo', denyOutgoing: true })).denyOutgoing).toBe(true);
    expect((await agent.client.host.firewall()).drivers.map(({ name }) => name)).toEqual(['hostfwd', 'fake']);
    expect((await envs().update({ name: 'demo', denyOutgoing: false })).denyOutgoing).toBe(false);
  });

  it('with user networking has to stop for that, and is told so', async () => {
    await envs().create({ name: 'plain', groups: [{ osPrefix: 'tiny', nics: [{ kind: 'user' }] }] });
    await expect(envs().update({ name: 'plain', denyOutgoing: true })).rejects.toMatchObject({
      code: 'VM_MUST_BE_STOPPED',
      data: { vmName: 'plain/tiny-2-1', change: 'outgoing' },
    });
    await envs().stop({ name: 'plain', graceS: 0 });
    expect((await envs().update({ name: 'plain', denyOutgoing: true })).denyOutgoing).toBe(true);
  });
});

describe('the VMs of an ENV', () => {
  it('get other ports: those that stay keep their host port, those that go are free again', async () => {
    const before = (await show()).vms.map((vm) => vm.portMap);
    const hostPort = (guestPort: number) => before[0]?.find((port) => port.guestPort === guestPort)?.hostPort;
    const used = (await agent.client.host.show()).ports.used;
    await envs().update({
      name: 'demo',
      vms: {
        ports: [
          { protocol: 'tcp', guestPort: 80 },
          { protocol: 'udp', guestPort: 53 },
        ],
      },
    });
    expect(await portsOf()).toEqual(['22/tcp', '53/udp', '80/tcp']);
    const after = (await show()).vms[0]?.portMap ?? [];
    expect(after.filter((port) => port.guestPort !== 53).map((port) => port.hostPort)).toEqual([
      hostPort(22),
      hostPort(80),
    ]);
    await envs().update({ name: 'demo', vms: { ports: [] } });
    expect(await portsOf(1)).toEqual(['22/tcp']);
    expect((await agent.client.host.show()).ports.used).toBe(used - 2);
  });

  it('change size when they stand still, and grow their disks at any time', async () => {
    await expect(envs().update({ name: 'demo', vms: { memoryMiB: 256 } })).rejects.toMatchObject({
      code: 'VM_MUST_BE_STOPPED',
      data: { change: 'memoryMiB' },
    });
    await expect(envs().update({ name: 'demo', vms: { cpuCount: 2 } })).rejects.toMatchObject({
      code: 'VM_MUST_BE_STOPPED',
      data: { change: 'cpuCount' },
    });
    const sizes = async () => (await show()).vms.map(sizeOf);
    const [was] = await sizes();
    const diskMiB = (was?.diskMiB ?? 0) + 64;
    await envs().update({ name: 'demo', vms: { diskMiB } });
    await envs().stop({ name: 'demo', graceS: 0 });
    await envs().update({ name: 'demo', vms: { cpuCount: 2, memoryMiB: 256, diskMiB: diskMiB + 64 } });
    const now = { cpuCount: 2, memoryMiB: 256, diskMiB: diskMiB + 64 };
    expect(await sizes()).toEqual([now, now]);
    await envs().start({ name: 'demo' });
    expect((await agent.client.host.show()).memory.usedMiB).toBe(512);
    await expect(envs().update({ name: 'demo', vms: { diskMiB: 64 } })).rejects.toMatchObject({
      code: 'DISK_CANNOT_SHRINK',
    });
  });

  it('are not changed at all when one of them can’t be', async () => {
    const before = await show();
    const vmId = before.vms[1]?.id ?? '';
    await agent.client.vm.stop({ vmId, graceS: 0 });
    await expect(envs().update({ name: 'demo', vms: { memoryMiB: 256, ports: [] } })).rejects.toMatchObject({
      code: 'VM_MUST_BE_STOPPED',
    });
    const after = await show();
    expect(after.vms.map((vm) => [vm.spec, vm.portMap])).toEqual(before.vms.map((vm) => [vm.spec, vm.portMap]));
    await expect(agent.client.vm.update({ vmId, blacklist: ['10.0.0.0/33'] })).rejects.toMatchObject({
      code: 'DESTINATION_INVALID',
      data: { destination: '10.0.0.0/33' },
    });
  });

  it('get a blacklist and a bandwidth, written in one form', async () => {
    const vmId = (await show()).vms[0]?.id ?? '';
    const vm = await agent.client.vm.update({
      vmId,
      blacklist: ['192.0.2.77/24', '192.0.2.0/24', '198.51.100.1/32'],
      bandwidthMbps: 10,
    });
    expect([vm.spec.blacklist, vm.nics[0]?.bandwidthMbps]).toEqual([['192.0.2.0/24', '198.51.100.1'], 10]);
    const lifted = await agent.client.vm.update({ vmId, blacklist: [], bandwidthMbps: null });
    expect([lifted.spec.blacklist, lifted.nics[0]?.bandwidthMbps]).toEqual([[], null]);
  });
});

it('a disk that has grown has its old size again after a revert to an earlier snapshot', async () => {
  const sizes = async () => (await show()).vms.map((vm) => bootDiskMiB(vm.spec));
  const before = await sizes();
  await agent.client.snapshot.create({ envName: 'demo', name: 'small' });
  await envs().update({ name: 'demo', vms: { diskMiB: (before[0] ?? 0) + 64 } });
  expect(await sizes()).not.toEqual(before);
  await agent.client.snapshot.revert({ envName: 'demo', name: 'small' });
  expect(await sizes()).toEqual(before);
});
