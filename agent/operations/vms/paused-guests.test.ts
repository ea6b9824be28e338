// Guests that their engine has paused, as the disk of the host is full: who resumes them and who leaves them alone, and guests
// that were only told of an error of their disk.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestAgent, type TestAgent } from '../../testing/in-process-agent.ts';
import { until } from '../../testing/until.ts';

const FULL = { code: 'VM_PAUSED_DISK_FULL', data: { reason: { code: 'pausedDiskFull' } } };

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
    expect(await show()).toMatchObject({ state: 'paused', failure: FULL });
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

  it('says so to calls that need the guest, and that it goes on by itself', async () => {
    await agent.client.disk.add({ vmId, sizeMiB: 64, name: 'disk1' });
    await fillDisk();
    await staysPaused('full');
    const full = { code: 'DISK_FULL', data: { subject: 'demo/tiny-2-1' } };
    await expect(agent.client.disk.detach({ vmId, name: 'disk1' })).rejects.toMatchObject(full);
    const strokes = [[{ code: 'KeyA' as const, down: true }]];
    await expect(agent.client.console.type({ vmId, strokes })).rejects.toMatchObject(full);
    const { failure, spec } = await show();
    expect(failure).toMatchObject({
      message: expect.stringMatching(/paused: its disk on the host is full/),
      fix: expect.stringMatching(/resumes automatically/),
    });
    expect(spec.disks).toMatchObject([{}, { name: 'disk1', attached: true }]);
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

it('a guest that waits for space is resumed by an operation, which says why, and waits for others of its ENV', async () => {
  await agent.stop();
  agent = await startTestAgent({ diskLookMs: 10 });
  vmId = (await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] })).vms[0]?.id ?? '';
  const resumes = () =>
    agent.feed.flatMap((item) =>
      item.kind === 'event' && item.event.type === 'operation.updated' && item.event.data.kind === 'vm.resume'
        ? [item.event.data]
        : [],
    );
  const lastLook = async () =>
    (await agent.client.host.tasks({})).tasks.find(({ name }) => name === 'disk-space')?.lastSuccessAt;

  const saving = agent.engine.holdNext('saveState');
  const taking = agent.client.snapshot.create({ envName: 'demo', name: 'one' });
  await saving.reached;
  agent.engine.raiseTrouble(vmId);
  await until('it is paused', async () => (await show()).state === 'paused');
  const before = await lastLook();
  await until('the task has looked again', async () => (await lastLook()) !== before);
  expect([resumes(), isMachinePaused()]).toEqual([[], true]);

  const resuming = agent.engine.holdNext('resume');
  saving.release();
  await taking;
  await resuming.reached;
  const busy = { code: 'ENV_BUSY', data: { operation: 'vm.resume' } };
  await expect(agent.client.vm.stop({ vmId, graceS: 0 })).rejects.toMatchObject(busy);
  resuming.release();
  await until('the operation has ended', () => resumes().some(({ state }) => state === 'succeeded'));
  const subject = { envName: 'demo', vmId, vmName: 'demo/tiny-2-1' };
  expect(resumes().at(-1)).toMatchObject({ subject, step: { code: 'resumingWithSpace' }, cancellable: false });
  expect([isMachinePaused(), await show()]).toMatchObject([false, { state: 'running', failure: null }]);
});

describe('a guest that somebody has paused', () => {
  const paused = { state: 'paused', failure: null };
  const isHalted = async (what: string) => {
    expect([what, isMachinePaused(), await show()]).toMatchObject([what, true, paused]);
  };

  it('stays paused through all that pauses guests for a moment, until it is resumed', async () => {
    expect(await agent.client.vm.pause({ vmId })).toMatchObject(paused);
    await isHalted('pause');
    await agent.client.snapshot.create({ envName: 'demo', name: 'halted' });
    await isHalted('snapshot');
    await agent.client.snapshot.revert({ envName: 'demo', name: 'halted' });
    await isHalted('revert');
    await agent.client.vm.clone({ vmId });
    await isHalted('clone');
    expect(await agent.client.vm.resume({ vmId })).toMatchObject({ state: 'running', failure: null });
    expect(isMachinePaused()).toBe(false);
  });

  it('is only one that runs: others are refused with their state, and nothing changes', async () => {
    await agent.client.vm.pause({ vmId });
    const refused = (state: string) => ({ code: 'VM_NOT_RUNNING', data: { vmName: 'demo/tiny-2-1', state } });
    await expect(agent.client.vm.pause({ vmId })).rejects.toMatchObject(refused('paused'));
    await agent.client.vm.resume({ vmId });
    await fillDisk();
    await expect(agent.client.vm.pause({ vmId })).rejects.toMatchObject(refused('paused'));
    await staysPaused('refused');
    await agent.client.vm.stop({ vmId, graceS: 0 });
    await expect(agent.client.vm.pause({ vmId })).rejects.toMatchObject(refused('stopped'));
  });

  it('runs on when its engine does not pause it', async () => {
    agent.engine.failNext('pause', 'COMMAND_FAILED');
    await expect(agent.client.vm.pause({ vmId })).rejects.toMatchObject({ code: 'VM_CONTROL_FAILED' });
    expect([isMachinePaused(), await show()]).toMatchObject([false, { state: 'running', failure: null }]);
  });

  it('is paused still under the next agent, and hears its power button', async () => {
    await agent.client.vm.pause({ vmId });
    await agent.stop({ keep: true });
    agent = await startTestAgent({ home: agent.home, fakeHost: agent.fakeHost, diskLookMs: 3_600_000 });
    await isHalted('restart');
    const pressed = agent.engine.holdNext('powerDown');
    const stopping = agent.client.vm.stop({ vmId, graceS: 10 });
    await pressed.reached;
    pressed.release();
    expect(await stopping).toMatchObject({ state: 'stopped', failure: null });
  });
});
