// ENVs expire at their end: not earlier, not much later, whatever happens to the clock or elsewhere.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NOTHING, startTestAgent, type TestAgent } from '../../testing/in-process-agent.ts';
import { until } from '../../testing/until.ts';

const START = Date.parse('2026-11-21T10:00:00Z');
const LOOK_EVERY_MS = 5_000;
let clock: number;
let agent: TestAgent;

beforeEach(async () => {
  clock = START;
  // Only what looks at the clock now and then: sockets and promises go on as they are.
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  agent = await startTestAgent({ now: () => new Date(clock) });
});
afterEach(async () => {
  await agent.stop();
  vi.useRealTimers();
});

const create = (name: string, lifetimeS: number) =>
  agent.client.env.create({ name, groups: [{ osPrefix: 'tiny' }], lifetimeS });
const look = () => vi.advanceTimersByTime(LOOK_EVERY_MS);
const names = async () => (await agent.client.env.list()).envs.map(({ name }) => name);
/** The ENVs once nothing runs any more that a look may have begun. */
const settled = async () => {
  await until('nothing runs', async () => {
    const { operations } = await agent.client.operation.list();
    return operations.every(({ state }) => state !== 'running');
  });
  return names();
};

describe('an ENV', () => {
  it('is there to its last millisecond, and gone with everything at the next look after its end', async () => {
    await create('short', 60);
    await create('long', 120);
    clock = START + 59_999;
    look();
    expect(await settled()).toEqual(['short', 'long']);
    clock = START + 60_000;
    look();
    expect(await settled()).toEqual(['long']);
    clock = START + 120_000;
    look();
    expect([await settled(), await agent.belongings()]).toEqual([[], NOTHING]);
  });

  it('that was extended ends at its new end, one that was shortened at once', async () => {
    await create('longer', 60);
    await create('shorter', 7_200);
    await agent.client.env.update({ name: 'longer', lifetimeS: 3_600 });
    clock = START + 600_000;
    await agent.client.env.update({ name: 'shorter', lifetimeS: 60 });
    look();
    expect(await settled()).toEqual(['longer']);
  });

  it('survives a clock that jumps back, and ends after one that jumps ahead (a laptop that slept)', async () => {
    await create('demo', 3_600);
    clock = START - 86_400_000;
    look();
    expect(await settled()).toEqual(['demo']);
    clock = START + 86_400_000;
    look();
    expect(await settled()).toEqual([]);
  });

  it('that is busy at its end is deleted at a look after that', async () => {
    await create('busy', 60);
    await create('idle', 60);
    const hold = agent.engine.holdNext('saveState');
    const taking = agent.client.snapshot.create({ envName: 'busy', name: 'x' });
    await hold.reached;
    clock = START + 60_000;
    look();
    await until('the idle one is gone', async () => (await names()).join() === 'busy');
    hold.release();
    await taking;
    look();
    expect(await settled()).toEqual([]);
  });

  it('that could not be deleted is tried again at the next look', async () => {
    await create('stubborn', 60);
    clock = START + 60_000;
    agent.engine.failNext('destroy', 'COMMAND_FAILED');
    look();
    expect(await settled()).toEqual(['stubborn']);
    expect(agent.takeFaults().map(({ msg }) => msg)).toEqual(['operation failed', 'could not end an ENV']);
    look();
    expect([await settled(), await agent.belongings()]).toEqual([[], NOTHING]);
  });

  it('is not deleted twice by looks that come while it is being deleted', async () => {
    await create('demo', 60);
    clock = START + 60_000;
    const hold = agent.engine.holdNext('stop');
    look();
    await hold.reached;
    look();
    look();
    hold.release();
    await settled();
    const { operations } = await agent.client.operation.list();
    expect(operations.filter(({ kind }) => kind === 'env.delete')).toHaveLength(1);
  });

  it('that ended while no agent ran is deleted soon after the next start', async () => {
    await create('demo', 60);
    await agent.stop({ keep: true });
    clock = START + 3_600_000;
    const { home, fakeHost } = agent;
    agent = await startTestAgent({ home, fakeHost, now: () => new Date(clock) });
    expect(await names()).toEqual(['demo']);
    look();
    expect([await settled(), await agent.belongings()]).toEqual([[], NOTHING]);
  });
});

it('a picture of the screen is never older than a second, though the clock jumps back', async () => {
  const { vms } = await create('demo', 60);
  const vmId = vms[0]?.id ?? '';
  const see = async () => (await agent.client.vm.screenshot({ vmId })).dataBase64;
  const first = await see();
  const [machine] = agent.fakeHost.values();
  machine?.setPaused(true);
  clock = START - 3_600_000;
  expect(await see()).not.toBe(first);
});
