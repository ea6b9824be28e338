// The memory of a safety snapshot is flushed after the revert: one that can't be, or whose host was started anew before, is forgotten,
// and its disks stay; an agent that was killed in between leaves it to the next one.
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Vm } from '@tt/protocol';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { hostClock } from '../../host/boot-clock.ts';
import { ramFileOf } from '../../snapshots/ram-files.ts';
import type { EnvRecord } from '../../state/records.ts';
import { StateStore } from '../../state/store.ts';
import { startTestAgent, type TestAgent } from '../../testing/in-process-agent.ts';

let agent: TestAgent;
let vm: Vm;
/** Called at each step of the agent. */
let atStep: (step: string) => void;

beforeEach(async () => {
  atStep = () => {};
  agent = await startTestAgent({ checkpoint: (step) => atStep(step) });
  const { vms } = await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
  [vm] = vms as [Vm];
  await agent.client.snapshot.create({ envName: 'demo', name: 'ripe' });
});
afterEach(() => agent.stop());

const revert = () => agent.client.snapshot.revert({ envName: 'demo', name: 'ripe' });
const safety = async () =>
  (await agent.client.snapshot.list({ envName: 'demo' })).snapshots.find(({ kind }) => kind === 'safety');
const ramFile = (id: string) => ramFileOf(agent.storage.folderOf(vm.id), id, 'flat');
const hasRam = async () => (await safety())?.vms.map((part) => part.hasRam);
const complaints = () => agent.log.filter(({ msg }) => msg.startsWith('a safety snapshot has lost its memory')).length;

/** What is written down of the ENV. */
function marked(): EnvRecord['unflushed'] | null {
  const store = new StateStore(path.join(agent.home, 'state.sqlite'));
  try {
    return store.envs.get('demo')?.unflushed ?? null;
  } finally {
    store.close();
  }
}

/** As if the agent had been killed before it flushed: in this boot of the host or another. */
async function killedBeforeFlush(bootId: string): Promise<string> {
  const { id = '' } = (await safety()) ?? {};
  await agent.stop({ keep: true });
  const store = new StateStore(path.join(agent.home, 'state.sqlite'));
  const env = store.envs.get('demo');
  if (env) store.envs.put('demo', { ...env, unflushed: { snapshotId: id, bootId } });
  store.close();
  agent = await startTestAgent({ home: agent.home, fakeHost: agent.fakeHost });
  return id;
}

it('is written down as not flushed before anything is reverted, and as flushed when the call answers', async () => {
  const seen: unknown[] = [];
  atStep = (step) => {
    if (step === 'reverting' || step === 'reverted') seen.push([step, marked()]);
  };
  await revert();
  const held = [{ vmId: vm.id, process: expect.objectContaining({ pid: expect.any(Number) }) }];
  const mark = { snapshotId: (await safety())?.id, bootId: hostClock.bootId, held };
  expect([seen, marked(), await hasRam()]).toEqual([
    [
      ['reverting', mark],
      ['reverted', mark],
    ],
    null,
    [true],
  ]);
});

it('that can’t be flushed is forgotten, and does not fail the revert', async () => {
  atStep = (step) => {
    // All but what is on the platter is lost.
    if (step === 'memory saved') rmSync(ramFile(marked()?.snapshotId ?? ''));
  };
  await revert();
  atStep = () => {};
  expect([await hasRam(), complaints(), marked()]).toEqual([[false], 1, null]);
  // Its disks are there to go back to.
  const { safetySnapshotName } = await agent.client.snapshot.revert({
    envName: 'demo',
    name: (await safety())?.name ?? '',
    safety: false,
  });
  expect([safetySnapshotName, (await agent.client.env.show({ name: 'demo' })).vms.map(({ state }) => state)]).toEqual([
    null,
    ['stopped'],
  ]);
});

it('is flushed by the next agent, unless the host was started anew in between', async () => {
  await revert();
  const id = await killedBeforeFlush(hostClock.bootId);
  expect([await hasRam(), existsSync(ramFile(id)), complaints(), marked()]).toEqual([[true], true, 0, null]);
  await killedBeforeFlush('another');
  expect([await hasRam(), existsSync(ramFile(id)), complaints(), marked()]).toEqual([[false], false, 1, null]);
  expect((await safety())?.sizeBytes).toBe(0);
});
