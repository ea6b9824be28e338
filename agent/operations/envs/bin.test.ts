// The bin: what is deleted is kept for its grace time, nothing of it can be changed or runs, and it comes back whole.
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NOTHING, startTestAgent, type TestAgent } from '../../testing/in-process-agent.ts';
import { until } from '../../testing/until.ts';

const START = Date.parse('2026-11-21T10:00:00Z');
const LOOK_EVERY_MS = 5_000;
const KEPT_S = 7_200;
const users = (['ann', 'kim'] as const).map((name) => ({
  name,
  tokenSha256: createHash('sha256').update(`token-of-${name}`).digest('hex'),
  role: 'user' as const,
}));
let clock: number;
let agent: TestAgent;

const start = (more: Partial<Parameters<typeof startTestAgent>[0]> = {}) =>
  startTestAgent({ now: () => new Date(clock), config: { keepDeletedS: KEPT_S, users }, ...more });
const at = (ms: number) => new Date(ms).toISOString();
const create = (more: Partial<Parameters<TestAgent['client']['env']['create']>[0]> = {}) =>
  agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }], lifetimeS: 3_600, ...more });
const names = async () => (await agent.client.env.list()).envs.map(({ name }) => name);
const binned = async () => (await agent.client.env.listDeleted()).envs.map(({ name }) => name);
const refused = (code: string) => expect.objectContaining({ code });
/** A look of the background tasks, once nothing runs any more that it may have begun. */
const look = async () => {
  vi.advanceTimersByTime(LOOK_EVERY_MS);
  await until('nothing runs', async () => {
    const { operations } = await agent.client.operation.list();
    return operations.every(({ state }) => state !== 'running');
  });
};

beforeEach(async () => {
  clock = START;
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  agent = await start();
});
afterEach(async () => {
  await agent.stop();
  vi.useRealTimers();
});

describe('a deleted ENV', () => {
  it('is in the bin, stopped, and nowhere else', async () => {
    await create();
    expect(await agent.client.env.delete({ name: 'demo' })).toEqual({
      name: 'demo',
      keptUntil: at(START + KEPT_S * 1000),
    });
    expect([await names(), await binned(), agent.fakeHost.size]).toEqual([[], ['demo'], 0]);
    const { env, vms } = await agent.client.env.show({ name: 'demo' });
    expect(env).toMatchObject({
      state: 'deleted',
      bin: { deletedAt: at(START), keptUntil: at(START + KEPT_S * 1000) },
    });
    expect(vms.map(({ state }) => state)).toEqual(['stopped']);
  });

  it('comes back whole, with the lifetime it had left', async () => {
    const before = await create({ notes: 'words', tags: ['red'] });
    await agent.client.snapshot.create({ envName: 'demo', name: 'first' });
    clock += 600_000;
    await agent.client.env.delete({ name: 'demo' });
    clock += 3_000_000;
    const { env, vms, snapshots } = await agent.client.env.restore({ name: 'demo' });
    expect(env).toMatchObject({
      state: 'stopped',
      notes: 'words',
      tags: ['red'],
      expired: false,
      startAt: at(START + 3_000_000),
      endAt: at(START + 3_000_000 + 3_600_000),
    });
    expect(env.bin).toBeUndefined();
    expect(vms.map(({ id, portMap }) => [id, portMap])).toEqual(before.vms.map(({ id, portMap }) => [id, portMap]));
    expect(snapshots.map(({ name }) => name)).toEqual(['first']);
    expect((await agent.client.env.start({ name: 'demo' })).env.state).toBe('running');
  });

  it('has its snapshots again, with the time they had left', async () => {
    await create({ lifetimeS: 10_000 });
    await agent.client.snapshot.create({ envName: 'demo', name: 'brief', lifetimeS: 60 });
    await agent.client.env.delete({ name: 'demo' });
    clock += 600_000;
    await look();
    const { snapshots } = await agent.client.env.restore({ name: 'demo' });
    expect(snapshots.map(({ name, expiresAt }) => [name, expiresAt])).toEqual([['brief', at(START + 660_000)]]);
    await look();
    expect((await agent.client.snapshot.list({ envName: 'demo' })).snapshots).toHaveLength(1);
  });

  it('lets nothing be changed or opened, and keeps its name', async () => {
    const { vms } = await create();
    await agent.client.env.delete({ name: 'demo' });
    const vmId = vms[0]?.id ?? '';
    const { client } = agent;
    for (const call of [
      () => client.env.start({ name: 'demo' }),
      () => client.env.update({ name: 'demo', title: 'x' }),
      () => client.env.delete({ name: 'demo' }),
      () => client.vm.start({ vmId }),
      () => client.console.open({ vmId, kind: 'vnc' }),
      () => client.snapshot.create({ envName: 'demo', name: 'x' }),
    ]) {
      await expect(call()).rejects.toEqual(refused('ENV_DELETED'));
    }
    await expect(create()).rejects.toEqual(refused('ENV_NAME_IN_BIN'));
  });

  it('still counts in the quota of its owner, and no more once it is purged', async () => {
    await create();
    const used = async () => (await agent.client.host.me()).used;
    const before = await used();
    await agent.client.env.delete({ name: 'demo' });
    const { envs, vms, diskMiB } = before;
    expect(await used()).toMatchObject({ envs, vms, diskMiB, cpuCount: 0, memoryMiB: 0 });
    expect([envs, vms]).toEqual([1, 1]);
    await agent.client.env.purge({ name: 'demo' });
    expect(await used()).toMatchObject({ envs: 0, vms: 0, diskMiB: 0 });
    expect([await binned(), await agent.belongings()]).toEqual([[], NOTHING]);
  });

  it('is restored and purged by its owner only, and not when it is not there', async () => {
    const connection = agent.connectAs('token-of-kim');
    try {
      await create();
      for (const call of ['restore', 'purge'] as const) {
        await expect(agent.client.env[call]({ name: 'demo' })).rejects.toEqual(refused('ENV_NOT_DELETED'));
      }
      await agent.client.env.delete({ name: 'demo' });
      for (const call of ['restore', 'purge'] as const) {
        await expect(connection.client.env[call]({ name: 'demo' })).rejects.toEqual(refused('ENV_NOT_YOURS'));
      }
    } finally {
      connection.close();
    }
  });

  it('is gone with everything at the first look after its time in the bin, not before', async () => {
    await create();
    await agent.client.env.delete({ name: 'demo' });
    clock = START + KEPT_S * 1000 - 1;
    await look();
    expect(await binned()).toEqual(['demo']);
    clock += 1;
    await look();
    expect([await binned(), await agent.belongings()]).toEqual([[], NOTHING]);
  });

  it('outlives an agent that ends', async () => {
    await create();
    await agent.client.env.delete({ name: 'demo' });
    await agent.stop({ keep: true });
    const { home, fakeHost } = agent;
    agent = await start({ home, fakeHost });
    expect([await names(), await binned()]).toEqual([[], ['demo']]);
    expect((await agent.client.env.restore({ name: 'demo' })).env.state).toBe('stopped');
  });
});

describe('nothing goes to the bin', () => {
  it('of what is deleted for good, or on an agent without one', async () => {
    await create();
    expect(await agent.client.env.delete({ name: 'demo', forGood: true })).toEqual({ name: 'demo', keptUntil: null });
    await agent.configure({ keepDeletedS: 0 });
    await create();
    expect(await agent.client.env.delete({ name: 'demo' })).toEqual({ name: 'demo', keptUntil: null });
    expect([await binned(), await agent.belongings()]).toEqual([[], NOTHING]);
  });
});

describe('the end of a lifetime', () => {
  it('that deletes puts into the bin; what is restored then is expired, and stays', async () => {
    await create({ lifetimeS: 60 });
    clock += 60_000;
    await look();
    expect([await names(), await binned()]).toEqual([[], ['demo']]);
    clock += 60_000;
    expect((await agent.client.env.restore({ name: 'demo' })).env).toMatchObject({ state: 'stopped', expired: true });
    await look();
    expect(await names()).toEqual(['demo']);
    await expect(agent.client.env.start({ name: 'demo' })).rejects.toEqual(refused('ENV_EXPIRED'));
    await agent.client.env.update({ name: 'demo', lifetimeS: 3_600 });
    expect((await agent.client.env.start({ name: 'demo' })).env.state).toBe('running');
  });

  it('that takes a snapshot first has it in the bin, with the memory of the guests', async () => {
    await create({ lifetimeS: 60, endPolicy: 'snapshotThenDelete' });
    clock += 60_000;
    await look();
    expect(await binned()).toEqual(['demo']);
    const { snapshots } = await agent.client.env.restore({ name: 'demo' });
    expect(snapshots.map(({ name, vms }) => [name, vms[0]?.hasRam])).toEqual([['end-20261121100100', true]]);
  });

  it('that would do so on an agent without a bin stops', async () => {
    await agent.configure({ keepDeletedS: 0 });
    await create({ lifetimeS: 60, endPolicy: 'snapshotThenDelete' });
    clock += 60_000;
    await look();
    expect((await agent.client.env.show({ name: 'demo' })).env).toMatchObject({ state: 'stopped', expired: true });
  });
});

it('a full disk empties the bin, the longest deleted first', async () => {
  for (const name of ['one', 'two']) {
    await create({ name });
    await agent.client.env.delete({ name });
    clock += 1_000;
  }
  const space = vi.spyOn(agent.storage, 'space');
  space.mockResolvedValue({ freeBytes: 1_024, totalBytes: 1_024 ** 4 });
  await look();
  await until('the first is gone', async () => (await binned()).join() === 'two');
  space.mockResolvedValue({ freeBytes: 1_024 ** 3, totalBytes: 1_024 ** 4 });
  await look();
  expect(await binned()).toEqual(['two']);
  space.mockRestore();
});

it('each step is in the audit trail, with the ENV', async () => {
  await create();
  await agent.client.env.delete({ name: 'demo' });
  await agent.client.env.restore({ name: 'demo' });
  await agent.client.env.delete({ name: 'demo' });
  await agent.client.env.purge({ name: 'demo' });
  for (const [call, times] of [
    ['env.delete', 2],
    ['env.restore', 1],
    ['env.purge', 1],
  ] as const) {
    const { entries } = await agent.client.audit.list({ call });
    expect(entries.filter(({ phase, subject }) => phase === 'ended' && subject.envName === 'demo')).toHaveLength(times);
  }
});
