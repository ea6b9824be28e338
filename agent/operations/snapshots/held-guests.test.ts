// A revert does not wait for the memory of its safety snapshot: that stays in processes that stand aside, and is saved when the guests run.
// Whatever becomes of the revert, or of the agent, it is saved; what can't be is forgotten, and the disks stay.
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Vm } from '@tt/protocol';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FakeCgroups, type FakeGroups } from '../../cgroups/fake-cgroups.ts';
import { hostClock } from '../../host/boot-clock.ts';
import { ramFileOf } from '../../snapshots/ram-files.ts';
import { StateStore } from '../../state/store.ts';
import { startTestAgent, type TestAgent } from '../../testing/in-process-agent.ts';

let agent: TestAgent;
let groups: FakeGroups;
let vms: Vm[];
/** Called at each step of the agent. */
let atStep: (step: string) => void;

beforeEach(async () => {
  atStep = () => {};
  groups = new Map();
  agent = await startTestAgent({ checkpoint: (step) => atStep(step), cgroups: new FakeCgroups({ groups }) });
  ({ vms } = await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny', copies: 2 }] }));
  setWord('apple');
  await agent.client.snapshot.create({ envName: 'demo', name: 'ripe' });
  setWord('pear');
});
afterEach(() => agent.stop());

const machines = () => [...agent.fakeHost.values()];
const setWord = (word: string) => {
  for (const machine of machines()) machine.ram = { '/dev/shm/word': word };
};
const words = () => machines().map(({ ram, paused }) => (paused ? 'paused' : ram['/dev/shm/word']));
const revert = () => agent.client.snapshot.revert({ envName: 'demo', name: 'ripe' });
const undo = async () => {
  const { name = '' } = (await safety()) ?? {};
  await agent.client.snapshot.revert({ envName: 'demo', name, safety: false });
};
const safety = async () =>
  (await agent.client.snapshot.list({ envName: 'demo' })).snapshots.findLast(({ kind }) => kind === 'safety');
const hasRam = async () => (await safety())?.vms.map((part) => part.hasRam);
const complaints = () => agent.log.filter(({ msg }) => msg.startsWith('a safety snapshot has lost its memory')).length;
const limits = () => vms.map(({ id }) => groups.get(id)?.limits.memoryMiB);

/** Nothing of an earlier process is there, nor of what was to be done with it. */
async function isSettled(): Promise<void> {
  expect([agent.fakeHost.held.size, [...groups.keys()].filter((name) => name.endsWith('-held'))]).toEqual([0, []]);
  const store = new StateStore(path.join(agent.home, 'state.sqlite'));
  expect(store.envs.get('demo')?.unflushed).toBeUndefined();
  store.close();
}

it('is saved when the guests run, beside which their earlier processes have the memory they need', async () => {
  const seen: unknown[] = [];
  const normal = limits();
  const twice = normal.map((memoryMiB) => 2 * (memoryMiB ?? 0));
  atStep = (step) => {
    if (step === 'reverting') seen.push([step, words(), limits(), agent.fakeHost.held.size]);
    if (step === 'reverted') seen.push([step, words(), limits(), [...groups.keys()].sort()]);
    if (step === 'memory saved') seen.push(step);
  };
  await revert();
  const all = vms.flatMap(({ id }) => [id, `${id}-held`]).sort();
  expect(seen).toEqual([
    ['reverting', ['paused', 'paused'], normal, 2],
    ['reverted', ['apple', 'apple'], twice, all],
    'memory saved',
    'memory saved',
  ]);
  expect([await hasRam(), (await safety())?.sizeBytes, limits()]).toEqual([[true, true], 2 * 65536, normal]);
  await isSettled();
  await undo();
  expect(words()).toEqual(['pear', 'pear']);
});

it('is saved before anything is reverted where an engine can’t, or the process is not replaced', async () => {
  const steps: string[] = [];
  atStep = (step) => steps.push(step);
  agent.fakeHost.canHold = false;
  await revert();
  agent.fakeHost.canHold = true;
  const [first] = vms;
  await agent.client.vm.stop({ vmId: first?.id ?? '', graceS: 0 });
  await agent.client.snapshot.create({ envName: 'demo', name: 'half' });
  steps.length = 0;
  await agent.client.snapshot.revert({ envName: 'demo', name: 'half' });
  expect(steps.filter((step) => step === 'memory saved')).toHaveLength(1);
  expect(await hasRam()).toEqual([false, true]);
  await isSettled();
});

it('that can’t be saved is forgotten, and does not fail the revert', async () => {
  agent.engine.failNext('finish', 'DISK_FULL');
  await revert();
  expect([words(), await hasRam(), complaints()]).toEqual([['apple', 'apple'], [false, false], 1]);
  await isSettled();
});

it('is saved also if the revert fails: before, the guests go on; afterwards, a VM without a process is stopped', async () => {
  agent.engine.failNext('letGo', 'ENGINE_TIMEOUT');
  await expect(revert()).rejects.toMatchObject({ code: 'VM_CONTROL_FAILED' });
  // One may have been reverted before the other failed.
  expect(words().filter((word) => word === 'pear')).not.toEqual([]);
  expect(words()).not.toContain('paused');
  await isSettled();
  agent.engine.failNext('start', 'START_FAILED');
  setWord('plum');
  await expect(revert()).rejects.toMatchObject({ code: 'VM_START_FAILED' });
  expect([machines().length, await hasRam()]).toEqual([1, [true, true]]);
  await isSettled();
  await undo();
  expect(words()).toEqual(['plum', 'plum']);
  agent.takeFaults();
});

it('leaves nothing, and lets the guests go on, if the snapshot fails once they are held', async () => {
  agent.engine.failNext('saveState', 'DISK_FULL');
  await expect(revert()).rejects.toMatchObject({ code: 'DISK_FULL' });
  expect([words(), await safety()]).toEqual([['pear', 'pear'], undefined]);
  await isSettled();
});

/** As if the agent had been killed before it saved the memory of the first VM, whose process is there or not. */
async function killedBeforeSaved({ isThere, isSaved }: { isThere: boolean; isSaved: boolean }): Promise<string> {
  const [vm] = vms as [Vm];
  const { id: snapshotId = '' } = (await safety()) ?? {};
  const machine = agent.fakeHost.ofVm(vm.id);
  const ramFile = ramFileOf(agent.storage.folderOf(vm.id), snapshotId, 'flat');
  await agent.stop({ keep: true });
  if (!machine) throw new Error('it does not run');
  if (!isSaved) rmSync(ramFile);
  if (isThere) agent.fakeHost.held.set(machine.process.pid, machine);
  const store = new StateStore(path.join(agent.home, 'state.sqlite'));
  const env = store.envs.get('demo');
  const held = [{ vmId: vm.id, process: machine.process }];
  if (env) store.envs.put('demo', { ...env, unflushed: { snapshotId, bootId: hostClock.bootId, held } });
  store.close();
  agent = await startTestAgent({ home: agent.home, fakeHost: agent.fakeHost });
  return ramFile;
}

it('is saved by the next agent; one whose process has ended as well must be whole, or is forgotten', async () => {
  await revert();
  const ramFile = await killedBeforeSaved({ isThere: true, isSaved: false });
  expect([existsSync(ramFile), await hasRam(), complaints()]).toEqual([true, [true, true], 0]);
  await isSettled();
  await killedBeforeSaved({ isThere: false, isSaved: true });
  expect([existsSync(ramFile), await hasRam(), complaints()]).toEqual([true, [true, true], 0]);
  await killedBeforeSaved({ isThere: false, isSaved: false });
  expect([existsSync(ramFile), await hasRam(), complaints()]).toEqual([false, [false, false], 1]);
  await isSettled();
});
