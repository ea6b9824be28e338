// Live saves that end at the wrong time, on each storage: the agent is killed at every step, a guest is killed at every step, and
// the disk becomes full in between. That snapshot is lost, or whole; the guests, which write all the time to RAM and disk
// (`hash-chain.ts`), are never harmed, and the next snapshot of them is a good one. On other storages than qcow2 only the steps
// at which these are at work.
// @module-tag long
import { readdir } from 'node:fs/promises';
import type { EnvDetail, TtError, Vm } from '@tt/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { beginChain, checkChain } from '../testing/hash-chain.ts';
import { killProcess } from '../testing/kill-process.ts';
import { type RealAgent, startRealAgent } from '../testing/real-agent.ts';
import { canMount, mountGuestDisk, type SmallDisk } from '../testing/small-disk.ts';
import { describeOn, type FixtureAgent, startAgentOn } from '../testing/storage-fixtures.ts';
import { until } from '../testing/until.ts';

/** In their order, with two guests. */
const STEPS = [
  'save begun',
  'save begun:2',
  'state saved',
  'state saved:2',
  'pictures kept',
  'states saved',
  'snapshot written',
];
/** At and after which the storage has disks of this snapshot. */
const STORAGE_STEPS = ['state saved', 'state saved:2', 'states saved', 'snapshot written'];
/** From here on nothing of a guest is needed any more. */
const COMPLETE = STEPS.indexOf('pictures kept');
const PATIENCE_MS = 240_000;
const GROUP = { osPrefix: 'tiny', copies: 2 };

/** Not before its own state is complete can a guest be done without; which of the two is the first is not known. */
function answersAfter(step: string): string[] {
  const at = STEPS.indexOf(step);
  if (at < STEPS.indexOf('state saved')) return ['SNAPSHOT_FAILED'];
  return at < COMPLETE ? ['taken', 'SNAPSHOT_FAILED'] : ['taken'];
}

const show = (agent: RealAgent): Promise<EnvDetail> => agent.client.env.show({ name: 'demo' });
const take = (agent: RealAgent, name: string): Promise<string> =>
  agent.client.snapshot.create({ envName: 'demo', name }).then(
    () => 'taken',
    ({ code }: TtError) => code,
  );

async function areWhole(agent: RealAgent, vms: readonly Vm[]): Promise<void> {
  const chains = await Promise.all(vms.map((vm) => checkChain(agent, vm)));
  expect(chains.map(({ word }) => word)).toEqual(vms.map(() => 'chained'));
}

/** Both guests are whole where they are, and where the snapshot has them. */
async function goOnWell(agent: RealAgent, name: string): Promise<void> {
  const { vms } = await show(agent);
  await areWhole(agent, vms);
  expect(await take(agent, name)).toBe('taken');
  await agent.client.snapshot.revert({ envName: 'demo', name, safety: false });
  await areWhole(agent, vms);
  for (const snapshot of (await show(agent)).snapshots)
    await agent.client.snapshot.delete({ envName: 'demo', name: snapshot.name });
}

describeOn(['qcow2', 'reflink', 'btrfs', 'zfs'], (storage) => {
  const steps = storage === 'qcow2' ? STEPS : STORAGE_STEPS;
  let agent: FixtureAgent;
  let vms: Vm[];
  beforeAll(async () => {
    agent = await startAgentOn(storage);
    ({ vms } = await agent.client.env.create({ name: 'demo', groups: [GROUP] }));
    for (const vm of vms) await beginChain(agent, vm, 'chained');
  });
  afterAll(() => agent?.remove());

  async function ramFiles(): Promise<string[]> {
    const found = await Promise.all(vms.map(async ({ id }) => readdir(agent.filesOf(id))));
    return found.flat().filter((name) => name.startsWith('ram-'));
  }
  /** Whole, or nothing of it. */
  async function isAllOrNothing(): Promise<void> {
    const { snapshots } = await show(agent);
    const parts = snapshots.flatMap((snapshot) => snapshot.vms.map(({ hasRam }) => hasRam));
    expect(parts).toEqual(snapshots.length === 0 ? [] : [true, true]);
    await until('what is left of it is removed', async () => (await ramFiles()).length === parts.length, 30_000);
  }

  it.each(steps)('an agent killed at “%s” leaves all of the snapshot or nothing', async (step) => {
    await agent.kill('SIGTERM');
    agent = await agent.restart({ dieAt: step });
    await agent.arm();
    const guests = await agent.guestPids();
    const answer = take(agent, 'cut').catch(() => {});
    expect(await agent.died()).toBe(true);
    await answer;
    agent = await agent.restart();
    expect(await agent.guestPids()).toEqual(guests);
    expect((await show(agent)).vms.map(({ state }) => state)).toEqual(['running', 'running']);
    await isAllOrNothing();
    await goOnWell(agent, 'next');
  });

  it.each(steps)('a guest killed at “%s” fails the snapshot or has its part in it', async (step) => {
    await agent.kill('SIGTERM');
    agent = await agent.restart({ waitAt: step });
    await agent.arm();
    const [victim = 0] = await agent.guestPids();
    const answer = take(agent, 'cut');
    await agent.waits();
    await killProcess(victim);
    await agent.goOn();
    expect(answersAfter(step)).toContain(await answer);
    const states = async () => (await show(agent)).vms.map(({ state }) => state).sort();
    await until('its end is seen', async () => (await states()).join() === 'failed,running', PATIENCE_MS);
    const { vms: now } = await show(agent);
    const [dead, alive] = [
      now.find(({ state }) => state === 'failed'),
      now.find(({ state }) => state === 'running'),
    ] as [Vm, Vm];
    await isAllOrNothing();
    await areWhole(agent, [alive]);
    await agent.client.vm.start({ vmId: dead.id });
    await beginChain(agent, dead, 'chained');
    await goOnWell(agent, 'next');
  });
});

describe.skipIf(!canMount)('a disk that becomes full while guests are saved', () => {
  let disk: SmallDisk;
  let agent: RealAgent;
  beforeAll(async () => {
    disk = await mountGuestDisk();
    agent = await startRealAgent({ parent: disk.folder, flags: ['--storage', 'qcow2', '--disk-total', '65536'] });
    const { vms } = await agent.client.env.create({ name: 'demo', groups: [GROUP] });
    for (const vm of vms) await beginChain(agent, vm, 'chained');
  });
  afterAll(async () => {
    await agent?.remove();
    await disk?.unmount();
  });

  it.each(['save begun', 'save begun:2'])('at “%s” costs that snapshot alone', async (step) => {
    await agent.kill('SIGTERM');
    agent = await agent.restart({ waitAt: step });
    await agent.arm();
    const answer = take(agent, 'full');
    await agent.waits();
    disk.fill();
    await agent.goOn();
    expect(await answer).toBe('DISK_FULL');
    disk.empty();
    // Their own writes may have met the full disk as well.
    const states = async () => (await show(agent)).vms.map(({ state }) => state).join();
    await until('both run', async () => (await states()) === 'running,running', PATIENCE_MS);
    expect((await show(agent)).snapshots).toEqual([]);
    await goOnWell(agent, 'next');
  });
});
