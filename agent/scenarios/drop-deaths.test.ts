// Deaths around a drop, on each storage: its safety snapshot is there before the memory of the guests is saved, which their paused processes
// keep until new ones run (decision 0121). The agent is killed at each step in between, or such a process is, or the disk becomes full. The
// guests are those of one snapshot or the other, and whole (`hash-chain.ts`); what was before can be had back with its memory, or, where
// that is lost, with its disks.
// @module-tag long
import type { EnvDetail, Vm } from '@tt/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { beginChain, changeWord, checkChain } from '../testing/hash-chain.ts';
import { killProcess } from '../testing/kill-process.ts';
import { type RealAgent, startRealAgent } from '../testing/real-agent.ts';
import { canMount, mountGuestDisk, type SmallDisk } from '../testing/small-disk.ts';
import { describeOn, type FixtureAgent, startAgentOn } from '../testing/storage-fixtures.ts';
import { until } from '../testing/until.ts';

/** At which the agent is killed, and of which of both the guests have the memory afterwards; null: their disks alone are reverted. */
const STEPS: readonly (readonly [step: string, word: string | null])[] = [
  ['snapshot written', 'late'],
  ['configuration reverted', 'late'],
  ['old process ended', null],
  ['spawned', null],
  ['reverted', 'early'],
  ['memory saved', 'early'],
];
const GROUP = { osPrefix: 'tiny', copies: 1 };
const PATIENCE_MS = 240_000;

const show = (agent: RealAgent): Promise<EnvDetail> => agent.client.env.show({ name: 'demo' });
const safetyOf = async (agent: RealAgent) => (await show(agent)).snapshots.find(({ kind }) => kind === 'safety');
const drop = (agent: RealAgent) => agent.client.snapshot.revert({ envName: 'demo', name: 'early' });
const revert = (agent: RealAgent, name: string) =>
  agent.client.snapshot.revert({ envName: 'demo', name, safety: false });
const wordOf = async (agent: RealAgent, vm: Vm) => (await checkChain(agent, vm)).word;

/** One guest that writes, with a snapshot of when it wrote `early`. */
async function makeGuest(agent: RealAgent): Promise<Vm> {
  const { vms } = await agent.client.env.create({ name: 'demo', groups: [GROUP] });
  const vm = vms[0] as Vm;
  await beginChain(agent, vm, 'early');
  await agent.client.snapshot.create({ envName: 'demo', name: 'early' });
  return vm;
}

/** Back to what the guest was before the drop, and nothing is left of the way there. */
async function goBack(agent: RealAgent, vm: Vm): Promise<void> {
  const { name = '', vms = [] } = (await safetyOf(agent)) ?? {};
  expect(vms.map(({ hasRam }) => hasRam)).toEqual([true]);
  await revert(agent, name);
  expect(await wordOf(agent, vm)).toBe('late');
  expect(await agent.guestPids()).toHaveLength(1);
  await agent.client.snapshot.delete({ envName: 'demo', name });
  await revert(agent, 'early');
  expect(await wordOf(agent, vm)).toBe('early');
}

describeOn(['qcow2', 'reflink', 'btrfs', 'zfs'], (storage) => {
  let agent: FixtureAgent;
  let vm: Vm;
  beforeAll(async () => {
    agent = await startAgentOn(storage);
    vm = await makeGuest(agent);
  });
  afterAll(() => agent?.remove());

  it.each(STEPS)('an agent killed at “%s” loses neither guest nor what was before', async (step, word) => {
    await agent.kill('SIGTERM');
    agent = await agent.restart({ dieAt: step });
    await changeWord(agent, vm, 'late');
    await agent.arm();
    const answer = drop(agent).catch(() => {});
    expect(await agent.died()).toBe(true);
    await answer;
    agent = await agent.restart();
    expect((await show(agent)).vms.map(({ state }) => state)).toEqual([word === null ? 'stopped' : 'running']);
    expect(await agent.guestPids()).toHaveLength(word === null ? 0 : 1);
    if (word !== null) expect(await wordOf(agent, vm)).toBe(word);
    await goBack(agent, vm);
  });

  it('a process killed before its memory is saved costs that, and no disk', async () => {
    await agent.kill('SIGTERM');
    agent = await agent.restart({ waitAt: 'reverted' });
    await changeWord(agent, vm, 'late');
    await agent.arm();
    const [old = 0] = await agent.guestPids();
    const answer = drop(agent);
    await agent.waits();
    await killProcess(old);
    await agent.goOn();
    const { safetySnapshotName } = await answer;
    expect(await wordOf(agent, vm)).toBe('early');
    expect((await safetyOf(agent))?.vms.map(({ hasRam }) => hasRam)).toEqual([false]);
    await revert(agent, safetySnapshotName ?? '');
    expect((await show(agent)).vms.map(({ state }) => state)).toEqual(['stopped']);
    await revert(agent, 'early');
    expect(await wordOf(agent, vm)).toBe('early');
  });
});

describe.skipIf(!canMount)('a disk that becomes full before the memory is saved', () => {
  let disk: SmallDisk;
  let agent: RealAgent;
  beforeAll(async () => {
    disk = await mountGuestDisk();
    agent = await startRealAgent({ parent: disk.folder, flags: ['--storage', 'qcow2', '--disk-total', '65536'] });
  });
  afterAll(async () => {
    await agent?.remove();
    await disk?.unmount();
  });

  it('costs that memory, and neither the revert nor a disk', async () => {
    const vm = await makeGuest(agent);
    await agent.kill('SIGTERM');
    agent = await agent.restart({ waitAt: 'reverted' });
    await agent.arm();
    const answer = drop(agent);
    await agent.waits();
    disk.fill();
    await agent.goOn();
    await answer;
    disk.empty();
    const state = async () => (await show(agent)).vms.map((one) => one.state).join();
    await until('it runs', async () => (await state()) === 'running', PATIENCE_MS);
    expect((await safetyOf(agent))?.vms.map(({ hasRam }) => hasRam)).toEqual([false]);
    expect(await wordOf(agent, vm)).toBe('early');
  });
});
