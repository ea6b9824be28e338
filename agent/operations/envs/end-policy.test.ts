// The end of an ENV: warnings before it, its end policy, and clock changes.
import type { FeedItem } from '@tt/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { HostClock } from '../../host/boot-clock.ts';
import { startTestAgent, type TestAgent } from '../../testing/in-process-agent.ts';
import { until } from '../../testing/until.ts';

const START = Date.parse('2026-11-21T10:00:00Z');
const LOOK_EVERY_MS = 5_000;
/** The wall clock, and what really passed. */
let wallMs: number;
let passedMs: number;
let bootId: string;
let agent: TestAgent;

const clock: HostClock = {
  now: () => new Date(wallMs),
  elapsedMs: () => passedMs,
  get bootId() {
    return bootId;
  },
};
const pass = (ms: number) => {
  wallMs += ms;
  passedMs += ms;
};
const look = () => vi.advanceTimersByTime(LOOK_EVERY_MS);
const show = async (name = 'demo') => (await agent.client.env.show({ name })).env;
const leftS = async () => (Date.parse((await show()).endAt) - wallMs) / 1000;
const create = (lifetimeS: number, endPolicy: 'delete' | 'stop' | 'snapshotThenStop' = 'delete') =>
  agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }], lifetimeS, endPolicy });
const warnings = () =>
  agent.feed.flatMap((item: FeedItem) =>
    item.kind === 'event' && item.event.type === 'env.ending' ? item.event.data.endsInS : [],
  );
/** Waits until nothing runs any more that a look may have begun. */
const settled = () =>
  until('nothing runs', async () => {
    const { operations } = await agent.client.operation.list();
    return operations.every(({ state }) => state !== 'running');
  });

beforeEach(async () => {
  wallMs = START;
  passedMs = 1_000_000;
  bootId = 'boot-1';
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  agent = await startTestAgent({ clock });
});
afterEach(async () => {
  await agent.stop();
  vi.useRealTimers();
});

describe('warnings', () => {
  it('come 15, 5 and 1 minutes before the end, once each', async () => {
    await create(3_600);
    for (let second = 0; second < 3_590; second += 10) {
      pass(10_000);
      look();
    }
    await until('all came', () => warnings().length >= 3);
    expect(warnings()).toEqual([900, 300, 60]);
  });

  it('come again after the ENV was extended, and only the last one to who was away', async () => {
    await create(3_600);
    pass(3_550_000);
    look();
    await agent.client.env.update({ name: 'demo', lifetimeS: 7_200 });
    look();
    pass(2_800_000);
    look();
    await until('both came', () => warnings().length >= 2);
    expect(warnings()).toEqual([50, 850]);
  });

  it('are not given for times as long as the whole life', async () => {
    await create(300);
    look();
    pass(241_000);
    look();
    await until('one came', () => warnings().length >= 1);
    expect(warnings()).toEqual([59]);
  });
});

describe('at its end an ENV', () => {
  it('that is to stop keeps disks and ports, says so, and starts again once it was extended', async () => {
    const before = await create(60, 'stop');
    pass(60_000);
    look();
    await settled();
    const { env, vms } = await agent.client.env.show({ name: 'demo' });
    expect(env).toMatchObject({ state: 'stopped', expired: true });
    expect(vms[0]?.portMap).toEqual(before.vms[0]?.portMap);
    look();
    await settled();
    const over = { code: 'ENV_EXPIRED', data: { envName: 'demo', endAt: env.endAt } };
    await expect(agent.client.env.start({ name: 'demo' })).rejects.toMatchObject(over);
    await expect(agent.client.vm.start({ vmId: vms[0]?.id ?? '' })).rejects.toMatchObject(over);
    await expect(agent.client.env.addVms({ name: 'demo', groups: [{ osPrefix: 'tiny' }] })).rejects.toMatchObject(over);
    expect((await agent.client.env.update({ name: 'demo', lifetimeS: 3_600 })).expired).toBe(false);
    expect((await agent.client.env.start({ name: 'demo' })).env.state).toBe('running');
  });

  it('that is to be saved first has a snapshot with RAM, and is stopped even when that fails', async () => {
    await create(60, 'snapshotThenStop');
    pass(60_000);
    look();
    await settled();
    const { env, snapshots } = await agent.client.env.show({ name: 'demo' });
    expect([env.state, snapshots.map(({ name, vms }) => [name, vms[0]?.hasRam])]).toEqual([
      'stopped',
      [['end-20261121100100', true]],
    ]);
    await agent.client.env.update({ name: 'demo', lifetimeS: 600 });
    await agent.client.env.start({ name: 'demo' });
    agent.engine.failNext('saveState', 'DISK_FULL');
    pass(600_000);
    look();
    await settled();
    expect((await agent.client.env.show({ name: 'demo' })).env).toMatchObject({ state: 'stopped', expired: true });
  });
});

describe('a clock', () => {
  it('that is put forward kills nothing, one that is put back gives nobody more time', async () => {
    await create(3_600);
    pass(600_000);
    look();
    wallMs += 86_400_000;
    look();
    expect(await leftS()).toBe(3_000);
    wallMs -= 2 * 86_400_000;
    look();
    expect(await leftS()).toBe(3_000);
    pass(3_000_000);
    look();
    await settled();
    expect((await agent.client.env.list()).envs).toEqual([]);
  });

  it('that jumps while no agent runs is noticed at the next start, also over a reboot when it went back', async () => {
    await create(3_600);
    const restart = async () => {
      await agent.stop({ keep: true });
      const { home, fakeHost } = agent;
      return { start: async () => (agent = await startTestAgent({ home, fakeHost, clock })) };
    };
    const first = await restart();
    pass(60_000);
    wallMs += 86_400_000;
    await first.start();
    expect(await leftS()).toBe(3_540);
    const second = await restart();
    bootId = 'boot-2';
    passedMs = 5_000;
    wallMs -= 86_400_000;
    await second.start();
    expect(await leftS()).toBe(3_540);
  });
});
