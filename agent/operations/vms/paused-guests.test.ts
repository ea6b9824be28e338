// Guests that their engine has paused, as the disk of the host is full: who resumes them and who leaves them alone, and guests
// that were only told of an error of their disk.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestAgent, type TestAgent } from '../../testing/in-process-agent.ts';
import { until } from '../../testing/until.ts';

const FULL = { code: 'VM_CONTROL_FAILED', data: { reason: { code: 'pausedDiskFull' } } };

let agent: TestAgent;
let vmId: string;
beforeEach(async () => {
  // The background task that resumes them must not do it for the call that is tested.
  agent = await startTestAgent({ diskLookMs: 3_600_000, config: { memoryTotalMiB: 1024 } });
  vmId = (await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] })).vms[0]?.id ?? '';
});
afterEach(() => agent.stop());

const show = () => agent.client.vm.show({ vmId });
const isMachinePaused = () => [...agent.fakeHost.values()].find(({ spec }) => spec.id === vmId)?.paused;
const fillDisk = async () => {
  agent.engine.raiseTrouble(vmId);
  await until('it is paused', async () => (await show()).state === 'paused');
};
const staysPaused = async (what: string) => {
  const { state, failure } = await show();
  expect([what, isMachinePaused(), state, failure]).toMatchObject([what, true, 'paused', FULL]);
};

describe('a paused guest', () => {
  it('is resumed by a call, and only a paused one', async () => {
    await expect(agent.client.vm.resume({ vmId })).rejects.toMatchObject({ code: 'VM_ALREADY_RUNNING' });
    await fillDisk();
    expect(await agent.client.vm.resume({ vmId })).toMatchObject({ state: 'running', failure: null });
    await fillDisk();
    agent.engine.failNext('resume', 'COMMAND_FAILED');
    await expect(agent.client.vm.resume({ vmId })).rejects.toMatchObject({ code: 'VM_CONTROL_FAILED' });
    expect(await show()).toMatchObject({ state: 'paused', failure: { code: 'VM_CONTROL_FAILED' } });
    await agent.client.vm.stop({ vmId, graceS: 0 });
    await expect(agent.client.vm.resume({ vmId })).rejects.toMatchObject({ code: 'VM_NOT_RUNNING' });
  });

  it('is resumed by a start of it or of its ENV', async () => {
    await fillDisk();
    expect(await agent.client.vm.start({ vmId })).toMatchObject({ state: 'running', failure: null });
    expect(isMachinePaused()).toBe(false);
    await fillDisk();
    expect((await agent.client.env.start({ name: 'demo' })).vms).toMatchObject([{ state: 'running', failure: null }]);
    expect(isMachinePaused()).toBe(false);
    await expect(agent.client.vm.start({ vmId })).rejects.toMatchObject({ code: 'VM_ALREADY_RUNNING' });
  });

  it('is resumed by nothing that pauses guests for a moment', async () => {
    await agent.client.snapshot.create({ envName: 'demo', name: 'before' });
    await fillDisk();
    await agent.client.snapshot.create({ envName: 'demo', name: 'full' });
    await staysPaused('snapshot');
    agent.engine.failNext('saveState', 'COMMAND_FAILED');
    await agent.client.snapshot.create({ envName: 'demo', name: 'bad' }).catch(() => {});
    await staysPaused('failed snapshot');
    await agent.client.snapshot.revert({ envName: 'demo', name: 'before' });
    await staysPaused('revert');
    await agent.client.vm.clone({ vmId });
    await staysPaused('clone');
    await agent.client.capsule.export({ envName: 'demo' });
    await staysPaused('export');
  });

  it('that the disk stops while it is saved stays paused', async () => {
    const hold = agent.engine.holdNext('saveState');
    const taking = agent.client.snapshot.create({ envName: 'demo', name: 'full' });
    await hold.reached;
    agent.engine.raiseTrouble(vmId);
    hold.release();
    await taking;
    await staysPaused('snapshot');
  });

  it('stays so under the next agent, with the reason', async () => {
    await fillDisk();
    await agent.stop({ keep: true });
    agent = await startTestAgent({ home: agent.home, fakeHost: agent.fakeHost, diskLookMs: 3_600_000 });
    await staysPaused('restart');
  });

  it('that was stopped while no agent ran is found so, and not resumed', async () => {
    await agent.stop({ keep: true });
    agent.engine.raiseTrouble(vmId);
    agent = await startTestAgent({ home: agent.home, fakeHost: agent.fakeHost, diskLookMs: 3_600_000 });
    await until('it is seen', async () => (await show()).state === 'paused');
    await staysPaused('restart');
  });
});

it('a guest that was told of an error of its disk runs on, and the error is shown', async () => {
  agent.engine.failDisk(vmId);
  await until('it is seen', async () => (await show()).failure !== null);
  expect(await show()).toMatchObject({ state: 'running', failure: { data: { reason: { code: 'diskFailed' } } } });
  await fillDisk();
  agent.engine.failDisk(vmId);
  await staysPaused('an error besides');
});
