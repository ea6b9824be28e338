// Guests that are saved while they run: all calls of one phase before the next, nothing left when any phase fails or is cancelled; and
// guests that are reverted by a new process, while their VMs are seen running all the time.
import { randomUUID } from 'node:crypto';
import type { Vm } from '@tt/protocol';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startTestAgent, type TestAgent } from '../../testing/in-process-agent.ts';

let agent: TestAgent;
let vms: Vm[];
beforeEach(async () => {
  agent = await startTestAgent({ diskLookMs: 3_600_000 });
  ({ vms } = await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny', copies: 3 }] }));
});
afterEach(() => agent.stop());

const take = (about: object = {}) => agent.client.snapshot.create({ envName: 'demo', name: 'ripe', ...about });
const machines = () => [...agent.fakeHost.values()];
const ram = (word: string) => {
  for (const machine of machines()) machine.ram = { '/dev/shm/word': word };
};

async function nothingIsLeft(): Promise<void> {
  const tags = await Promise.all(vms.map(({ id }) => agent.storage.listSnapshots(id)));
  expect([machines().map(({ paused }) => paused), tags.flat()]).toEqual([[false, false, false], []]);
}

it('goes through each phase with all before the next', async () => {
  const phases: readonly string[] = ['beginSave', 'pause', 'saveState', 'resume'];
  const calls: string[] = [];
  agent.engine.onCall((method) => phases.includes(method) && calls.push(method));
  await take();
  expect(calls).toEqual(phases.flatMap((phase) => [phase, phase, phase]));
});

it('before a revert pauses all first: what they would do while they are copied is thrown away', async () => {
  await take();
  const phases: readonly string[] = ['beginSave', 'pause', 'saveState', 'screenshot', 'resume'];
  const calls: string[] = [];
  agent.engine.onCall((method) => phases.includes(method) && calls.push(method));
  const hold = agent.engine.holdNext('saveState');
  const reverting = agent.client.snapshot.revert({ envName: 'demo', name: 'ripe' });
  await hold.reached;
  expect(machines().map(({ paused }) => paused)).toEqual([true, true, true]);
  expect(calls.slice(0, 3)).toEqual(['pause', 'pause', 'pause']);
  hold.release();
  await reverting;
  // The pictures are of that moment, too.
  expect(calls.lastIndexOf('screenshot')).toBeLessThan(calls.indexOf('resume'));
  expect(machines().map(({ paused }) => paused)).toEqual([false, false, false]);
});

it('before a revert that fails or is cancelled in any phase leaves nothing, and all guests run', async () => {
  const { id } = await take();
  const revert = (about: object = {}) => agent.client.snapshot.revert({ envName: 'demo', name: 'ripe', ...about });
  const onlyRipe = async () => {
    const tags = await Promise.all(vms.map(({ id: vmId }) => agent.storage.listSnapshots(vmId)));
    expect(tags.map((some) => some.map(({ tag }) => tag))).toEqual([[id], [id], [id]]);
    expect(machines().map(({ paused }) => paused)).toEqual([false, false, false]);
  };
  for (const phase of ['pause', 'beginSave', 'saveState'] as const) {
    agent.engine.failNext(phase, 'COMMAND_FAILED');
    await expect(revert(), phase).rejects.toMatchObject({ code: 'SNAPSHOT_FAILED' });
    await onlyRipe();
  }
  const operationId = randomUUID();
  const hold = agent.engine.holdNext('saveState');
  const reverting = revert({ operationId });
  await hold.reached;
  await agent.client.operation.cancel({ operationId });
  await expect(reverting).rejects.toMatchObject({ code: 'OPERATION_CANCELLED' });
  await onlyRipe();
});

it('that fails or is cancelled in any phase leaves nothing, and all guests run', async () => {
  for (const phase of ['beginSave', 'pause', 'saveState'] as const) {
    agent.engine.failNext(phase, 'COMMAND_FAILED');
    await expect(take(), phase).rejects.toMatchObject({ code: 'SNAPSHOT_FAILED' });
    await nothingIsLeft();
  }
  for (const phase of ['beginSave', 'saveState'] as const) {
    const operationId = randomUUID();
    const hold = agent.engine.holdNext(phase);
    const taking = take({ operationId });
    await hold.reached;
    expect(machines().map(({ paused }) => paused)).toEqual(Array(3).fill(phase === 'saveState'));
    await agent.client.operation.cancel({ operationId });
    await expect(taking, phase).rejects.toMatchObject({ code: 'OPERATION_CANCELLED' });
    await nothingIsLeft();
  }
  expect((await take()).vms.map(({ hasRam }) => hasRam)).toEqual([true, true, true]);
});

it('is reverted by new processes, and the VMs are seen running all the time', async () => {
  ram('apple');
  await take();
  ram('pear');
  const before = machines().map(({ process }) => process.pid);
  const since = agent.feed.length;
  const { vms: reverted } = await agent.client.snapshot.revert({ envName: 'demo', name: 'ripe', safety: false });
  expect(reverted.map(({ restarted }) => restarted)).toEqual([false, false, false]);
  expect(machines().map((machine) => [machine.ram['/dev/shm/word'], machine.paused])).toEqual(
    Array.from({ length: 3 }, () => ['apple', false]),
  );
  expect(machines().filter(({ process }) => before.includes(process.pid))).toEqual([]);
  const states = agent.feed
    .slice(since)
    .flatMap((item) => (item.kind === 'event' && item.event.type === 'vm.updated' ? [item.event.data.state] : []));
  expect(new Set([...states, 'running'])).toEqual(new Set(['running']));
  // The new process is the VM's: it can be seen and ended.
  await agent.client.vm.screenshot({ vmId: vms[0]?.id ?? '' });
  await agent.client.env.stop({ name: 'demo', graceS: 0 });
  expect(machines()).toEqual([]);
});

it('is refused by an old process that does not end, which stays the VM’s', async () => {
  const vmId = vms[0]?.id ?? '';
  const machine = () => machines().find(({ spec }) => spec.id === vmId);
  await take();
  const before = machine()?.process;
  agent.engine.failNext('letGo', 'ENGINE_TIMEOUT');
  const revert = () => agent.client.snapshot.revert({ envName: 'demo', name: 'ripe', safety: false, vmIds: [vmId] });
  await expect(revert()).rejects.toMatchObject({ code: 'VM_CONTROL_FAILED' });
  expect([machine()?.process, machine()?.paused]).toEqual([before, false]);
  // It is still watched.
  await agent.engine.crash(vmId);
  await expect.poll(async () => (await agent.client.vm.show({ vmId })).failure?.code).toBe('VM_DIED');
  await revert();
  expect(machine()?.process).not.toEqual(before);
  agent.takeFaults();
});

it('of a guest that was paused saves it as it is, beside those that run', async () => {
  agent.engine.raiseTrouble(vms[1]?.id ?? '');
  await take();
  const formats = await Promise.all(vms.map(async ({ id }) => machines().find(({ spec }) => spec.id === id)?.paused));
  expect(formats).toEqual([false, true, false]);
});
