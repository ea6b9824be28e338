// Several users on one agent: who owns an ENV, what others cannot do with it, and how much each can have.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connectNode, type NodeConnection } from '@tt/client/node';
import type { TtClient } from '@tt/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LiveConfig } from '../../config/live-config.ts';
import type { AgentConfig } from '../../config.ts';
import { startTestAgent, type TestAgent } from '../../testing/in-process-agent.ts';

const users = (['ann', 'bob'] as const).map((name) => ({
  name,
  tokenSha256: createHash('sha256').update(`token-of-${name}`).digest('hex'),
  role: 'user' as const,
}));
const noLimit = { envs: null, vms: null, cpuCount: null, memoryMiB: null, diskMiB: null, storedMiB: null };
const quotas = { default: noLimit, users: { ann: { ...noLimit, envs: 2, vms: 3, memoryMiB: 300 } } };

let agent: TestAgent;
let live: LiveConfig;
let wanted: AgentConfig;
const connections: NodeConnection[] = [];
let ann: TtClient;
let bob: TtClient;
let vmId: string;

beforeEach(async () => {
  agent = await startTestAgent({
    config: { users, quotas },
    live(config) {
      wanted = config;
      live = new LiveConfig(config, async () => wanted);
      return live;
    },
  });
  const as = (name: string) => {
    const connection = connectNode({ url: agent.url, token: `token-of-${name}` });
    connections.push(connection);
    return connection.client;
  };
  [ann, bob] = [as('ann'), as('bob')];
  const { vms } = await ann.env.create({ name: 'hers', groups: [{ osPrefix: 'tiny' }] });
  vmId = vms[0]?.id ?? '';
});
afterEach(async () => {
  for (const connection of connections.splice(0)) connection.close();
  await agent.stop();
});

describe('an ENV', () => {
  it('belongs to who made it; others see it, and touch nothing of it', async () => {
    expect((await bob.env.show({ name: 'hers' })).env.owner).toBe('ann');
    const refused = { code: 'ENV_NOT_YOURS', data: { envName: 'hers', owner: 'ann' } };
    const group = { osPrefix: 'tiny' };
    for (const attempt of [
      () => bob.env.update({ name: 'hers', title: 'mine' }),
      () => bob.env.addVms({ name: 'hers', groups: [group] }),
      () => bob.env.removeVms({ name: 'hers', vmIds: [vmId] }),
      () => bob.env.stop({ name: 'hers' }),
      () => bob.env.start({ name: 'hers' }),
      () => bob.env.delete({ name: 'hers' }),
      () => bob.vm.update({ vmId, ports: [] }),
      () => bob.vm.stop({ vmId }),
      () => bob.vm.start({ vmId }),
      () => bob.vm.reset({ vmId }),
      () => bob.vm.delete({ vmId }),
      () => bob.vm.screenshot({ vmId }),
      () => bob.console.open({ vmId, kind: 'vnc' as const }),
      () => bob.console.type({ vmId, strokes: [[{ code: 'KeyA', down: true }]] }),
      () => bob.snapshot.create({ envName: 'hers', name: 'x' }),
      () => bob.snapshot.revert({ envName: 'hers', name: 'x' }),
      () => bob.snapshot.delete({ envName: 'hers', name: 'x' }),
    ]) {
      await expect(attempt()).rejects.toMatchObject(refused);
    }
    // An administrator may.
    expect((await agent.client.env.update({ name: 'hers', title: 'looked at' })).title).toBe('looked at');
  });

  it('is not given more time than all get, nor shown the firewall, but by an administrator', async () => {
    await expect(ann.env.update({ name: 'hers', lifetimeS: 99_999, overrideLimit: true })).rejects.toMatchObject({
      code: 'NOT_ALLOWED',
      data: { user: 'ann' },
    });
    await expect(ann.host.firewall()).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
  });

  it('being made is cancelled by its maker or an administrator, by nobody else', async () => {
    const hold = agent.engine.holdNext('start');
    const operationId = crypto.randomUUID();
    const creating = ann.env.create({ operationId, name: 'second', groups: [{ osPrefix: 'tiny' }] });
    await hold.reached;
    await expect(bob.operation.cancel({ operationId })).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    expect((await ann.operation.cancel({ operationId })).step?.code).toBe('cancelling');
    hold.release();
    await expect(creating).rejects.toMatchObject({ code: 'OPERATION_CANCELLED' });
  });
});

it('what is on no ENV is cancelled by who began it or an administrator, by nobody else', async () => {
  const stuck = createServer().listen(0, '127.0.0.1');
  await once(stuck, 'listening');
  const { port } = stuck.address() as AddressInfo;
  try {
    // Downloads of which nothing comes: in an administrator's own network, as others may not ask there.
    const [first, second] = [crypto.randomUUID(), crypto.randomUUID()];
    const begin = (operationId: string, name: string) => {
      const asked = once(stuck, 'request');
      const source = { kind: 'url' as const, url: `http://127.0.0.1:${port}/${name}.raw` };
      const ended = agent.client.image.import({ operationId, name: `qemu:${name}:default`, source });
      ended.catch(() => {});
      return { asked, ended };
    };
    const one = begin(first, 'one');
    await one.asked;
    await expect(bob.operation.cancel({ operationId: first })).rejects.toMatchObject({
      code: 'NOT_ALLOWED',
      data: { user: 'bob', what: 'cancelOthers' },
    });
    await agent.client.operation.cancel({ operationId: first });
    await expect(one.ended).rejects.toMatchObject({ code: 'OPERATION_CANCELLED' });
    await expect(bob.operation.cancel({ operationId: second })).rejects.toMatchObject({ code: 'OPERATION_NOT_FOUND' });
  } finally {
    stuck.closeAllConnections();
    stuck.close();
  }
});

describe('a quota', () => {
  it('counts disks that are added or grown, and images that are brought in', async () => {
    wanted = { ...wanted, quotas: { ...quotas, users: { ann: { ...noLimit, diskMiB: 1125 } } } };
    await live.reload();
    const full = (wantedMiB: number, used: number) => ({
      code: 'QUOTA_EXCEEDED',
      data: { user: 'ann', resource: 'diskMiB', total: 1125, used, wanted: wantedMiB },
    });
    await expect(ann.disk.add({ vmId, sizeMiB: 102 })).rejects.toMatchObject(full(102, 1024));
    expect((await agent.client.vm.show({ vmId })).spec.disks).toHaveLength(1);
    expect(await agent.storage.disks(vmId)).toEqual(['disk0']);
    // Whoever adds it: it is the owner's.
    await expect(agent.client.disk.add({ vmId, sizeMiB: 102 })).rejects.toMatchObject(full(102, 1024));
    await ann.disk.add({ vmId, sizeMiB: 99 });
    await expect(ann.disk.grow({ vmId, name: 'disk1', sizeMiB: 102 })).rejects.toMatchObject(full(3, 1123));
    await ann.env.stop({ name: 'hers', graceS: 0 });
    const publish = (name: string) => ann.image.publish({ vmId, name });
    expect((await publish('qemu:hers:one')).owner).toBe('ann');
    // What it was allowed is what it may take at most; what it took is less.
    expect((await ann.host.me()).used.diskMiB).toBe(1124);
    await expect(publish('qemu:hers:two')).rejects.toMatchObject(full(2, 1124));
    expect((await ann.image.list()).images.map(({ name }) => name)).not.toContain('qemu:hers:two');
    await ann.image.delete({ name: 'qemu:hers:one' });
    expect((await ann.host.me()).used.diskMiB).toBe(1123);
  });

  it('counts the RAM of snapshots, before one is taken and afterwards', async () => {
    const before = (await ann.host.me()).used.diskMiB;
    await ann.snapshot.create({ envName: 'hers', name: 'one' });
    expect((await ann.host.me()).used.diskMiB).toBeGreaterThan(before);
    wanted = { ...wanted, quotas: { ...quotas, users: { ann: { ...noLimit, diskMiB: before + 2 } } } };
    await live.reload();
    await expect(ann.snapshot.create({ envName: 'hers', name: 'two' })).rejects.toMatchObject({
      code: 'QUOTA_EXCEEDED',
      data: { user: 'ann', resource: 'diskMiB', total: before + 2 },
    });
    await ann.snapshot.delete({ envName: 'hers', name: 'one' });
    expect((await ann.host.me()).used.diskMiB).toBe(before);
  });

  it('limits one user and nobody else, and says total, used and wanted', async () => {
    expect(await ann.host.me()).toMatchObject({ name: 'ann', role: 'user', quota: { vms: 3 }, used: { vms: 1 } });
    const four = { name: 'four', groups: [{ osPrefix: 'tiny', copies: 3 }] };
    await expect(ann.env.create(four)).rejects.toMatchObject({
      code: 'QUOTA_EXCEEDED',
      data: { user: 'ann', resource: 'vms', total: 3, used: 1, wanted: 3 },
    });
    expect((await bob.env.create(four)).vms).toHaveLength(3);
  });

  it('of memory counts what runs: stopping frees capacity, starting asks again', async () => {
    await ann.env.create({ name: 'second', groups: [{ osPrefix: 'tiny' }] });
    await expect(ann.env.addVms({ name: 'second', groups: [{ osPrefix: 'tiny' }] })).rejects.toMatchObject({
      data: { resource: 'memoryMiB', total: 300, used: 256, wanted: 128 },
    });
    await ann.env.stop({ name: 'hers', graceS: 0 });
    await ann.env.addVms({ name: 'second', groups: [{ osPrefix: 'tiny' }] });
    await expect(ann.env.start({ name: 'hers' })).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED' });
    expect((await ann.env.show({ name: 'hers' })).env.state).toBe('stopped');
  });

  it('and users change while the agent runs', async () => {
    wanted = { ...wanted, quotas: { default: noLimit, users: {} }, users: users.filter(({ name }) => name === 'ann') };
    expect(await live.reload()).toMatchObject({ needRestart: [] });
    await ann.env.create({ name: 'big', groups: [{ osPrefix: 'tiny', copies: 4 }] });
    await expect(bob.env.list()).rejects.toMatchObject({ code: expect.stringMatching(/^(UNAUTHORIZED|AGENT_GONE)$/) });
  });
});
