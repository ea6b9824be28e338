// The lifecycle of VMs and ENVs: start, stop, reset, delete, extend, and what clients see when a machine dies unexpectedly.
import { randomUUID } from 'node:crypto';
import type { Vm } from '@tt/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NOTHING, startTestAgent, type TestAgent } from '../../testing/in-process-agent.ts';
import { until } from '../../testing/until.ts';

let agent: TestAgent;
let vms: Vm[];
const idOf = (index: number) => vms[index]?.id ?? '';
const show = () => agent.client.env.show({ name: 'demo' });
const states = async () => (await show()).vms.map(({ state }) => state);

beforeEach(async () => {
  agent = await startTestAgent({ config: { memoryTotalMiB: 512 } });
  ({ vms } = await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny', copies: 2 }] }));
});
afterEach(() => agent.stop());

describe('a VM', () => {
  it('stops and starts with the same name, address and ports', async () => {
    const stopped = await agent.client.vm.stop({ vmId: idOf(0) });
    expect(stopped).toEqual({ ...vms[0], state: 'stopped', acceleration: null, runningSince: null, readiness: null });
    expect((await show()).env.state).toBe('partial');
    const started = await agent.client.vm.start({ vmId: idOf(0) });
    expect(started).toEqual({ ...vms[0], runningSince: started.runningSince });
    expect((await show()).env.state).toBe('running');
  });

  it('is asked to power off first, and has the plug pulled when it does not', async () => {
    const ended = (vmId: string) =>
      agent.log.filter((line) => line.msg === 'VM ended' && line['vmId'] === vmId).map((line) => line['reason']);
    await agent.client.vm.stop({ vmId: idOf(0), graceS: 1 });
    expect(ended(idOf(0))).toEqual(['the guest powered off']);
    agent.engine.failNext('powerDown', 'ENGINE_TIMEOUT');
    await agent.client.vm.stop({ vmId: idOf(1), graceS: 1 });
    expect(ended(idOf(1))).toEqual(['stopped by TT']);
    expect(await states()).toEqual(['stopped', 'stopped']);
  });

  it('that runs does not start again; one that does not run can’t be stopped, reset, seen or opened', async () => {
    const [vmId, vmName] = [idOf(0), 'demo/tiny-2-1'];
    await expect(agent.client.vm.start({ vmId })).rejects.toMatchObject({
      code: 'VM_ALREADY_RUNNING',
      data: { vmName },
    });
    await agent.client.vm.stop({ vmId, graceS: 0 });
    const notRunning = { code: 'VM_NOT_RUNNING', data: { vmName, state: 'stopped' } };
    for (const ask of [
      () => agent.client.vm.stop({ vmId }),
      () => agent.client.vm.reset({ vmId }),
      () => agent.client.vm.screenshot({ vmId }),
      () => agent.client.console.open({ vmId, kind: 'vnc' as const }),
      () => agent.client.console.type({ vmId, strokes: [[{ code: 'KeyA', down: true }]] }),
    ]) {
      await expect(ask()).rejects.toMatchObject(notRunning);
    }
  });

  it('that nobody knows is not found, whatever is asked of it', async () => {
    const vmId = 'nobody';
    for (const ask of [
      () => agent.client.vm.show({ vmId }),
      () => agent.client.vm.start({ vmId }),
      () => agent.client.vm.stop({ vmId }),
      () => agent.client.vm.reset({ vmId }),
      () => agent.client.vm.delete({ vmId }),
      () => agent.client.vm.screenshot({ vmId }),
      () => agent.client.console.open({ vmId, kind: 'serial' as const }),
    ]) {
      await expect(ask()).rejects.toMatchObject({ code: 'VM_NOT_FOUND', data: { vmId } });
    }
  });

  it('loses its RAM and keeps its disk when it is reset', async () => {
    const machine = [...agent.fakeHost.values()][0];
    if (machine) machine.ram = { '/dev/shm/word': 'apple' };
    expect(await agent.client.vm.reset({ vmId: machine?.spec.id ?? '' })).toMatchObject({ state: 'running' });
    expect(machine?.ram).toEqual({});
    agent.engine.failNext('reset', 'COMMAND_FAILED');
    await expect(agent.client.vm.reset({ vmId: idOf(0) })).rejects.toMatchObject({
      code: 'VM_CONTROL_FAILED',
      data: { vmName: 'demo/tiny-2-1', reason: { code: 'engine.COMMAND_FAILED', quote: 'reset was told to fail' } },
    });
  });

  it('that can’t be started stays as it was, and can be tried again', async () => {
    await agent.client.vm.stop({ vmId: idOf(0), graceS: 0 });
    for (const [fault, code] of [
      ['START_FAILED', 'VM_START_FAILED'],
      ['DISK_FULL', 'DISK_FULL'],
    ] as const) {
      agent.engine.failNext('start', fault);
      await expect(agent.client.vm.start({ vmId: idOf(0) })).rejects.toMatchObject({ code });
      agent.engine.failNext('start', fault);
      await expect(agent.client.env.start({ name: 'demo' })).rejects.toMatchObject({ code });
    }
    expect(await states()).toEqual(['stopped', 'running']);
    await agent.client.vm.start({ vmId: idOf(0) });
    expect(await states()).toEqual(['running', 'running']);
  });

  it('that can’t be stopped says why, and can be tried again', async () => {
    const failed = {
      code: 'VM_CONTROL_FAILED',
      data: { vmName: 'demo/tiny-2-1', reason: { code: 'engine.ENGINE_TIMEOUT', quote: 'stop was told to fail' } },
    };
    agent.engine.failNext('stop', 'ENGINE_TIMEOUT');
    await expect(agent.client.vm.stop({ vmId: idOf(0), graceS: 0 })).rejects.toMatchObject(failed);
    expect(await states()).toEqual(['running', 'running']);
    agent.engine.failNext('stop', 'ENGINE_TIMEOUT');
    await expect(agent.client.env.stop({ name: 'demo', graceS: 0 })).rejects.toMatchObject({
      code: 'VM_CONTROL_FAILED',
    });
    await agent.client.env.stop({ name: 'demo', graceS: 0 });
    expect(await states()).toEqual(['stopped', 'stopped']);
  });

  it('is started once for one operation id, and the start can be cancelled', async () => {
    await agent.client.vm.stop({ vmId: idOf(0), graceS: 0 });
    const operationId = randomUUID();
    const hold = agent.engine.holdNext('start');
    const starting = agent.client.vm.start({ vmId: idOf(0), operationId });
    await hold.reached;
    await agent.client.operation.cancel({ operationId });
    await expect(starting).rejects.toMatchObject({ code: 'OPERATION_CANCELLED' });
    expect(await states()).toEqual(['stopped', 'running']);
    const again = { vmId: idOf(0), operationId: randomUUID() };
    const both = await Promise.all([agent.client.vm.start(again), agent.client.vm.start(again)]);
    expect(both[0]).toEqual(both[1]);
  });

  it('that is deleted leaves nothing, and is deleted once for one operation id', async () => {
    const ask = { vmId: idOf(0), operationId: randomUUID() };
    expect(await agent.client.vm.delete(ask)).toEqual({ id: idOf(0) });
    expect(await agent.client.vm.delete(ask)).toEqual({ id: idOf(0) });
    expect(await agent.belongings()).toEqual({
      ...NOTHING,
      envs: ['demo'],
      vms: ['demo/tiny-2-2'],
      disks: [idOf(1)],
      runFolders: [idOf(1)],
      pictures: [],
      machines: 1,
    });
    await agent.client.vm.delete({ vmId: idOf(1) });
    expect(await agent.belongings()).toEqual({ ...NOTHING, envs: ['demo'] });
    expect((await show()).env).toMatchObject({ state: 'empty', vmIds: [] });
  });

  it('shows its screen, one picture for all who look within a second', async () => {
    const vmId = idOf(0);
    const [one, two] = await Promise.all([agent.client.vm.screenshot({ vmId }), agent.client.vm.screenshot({ vmId })]);
    expect(Buffer.from(one.dataBase64, 'base64').subarray(1, 4).toString()).toBe('PNG');
    expect(two).toEqual(one);
    agent.engine.failNext('screenshot', 'COMMAND_FAILED');
    await expect(agent.client.vm.screenshot({ vmId: idOf(1) })).rejects.toMatchObject({ code: 'VM_CONTROL_FAILED' });
    expect(await agent.client.vm.screenshot({ vmId: idOf(1) })).toMatchObject({ contentType: 'image/png' });
  });
});

describe('a machine that ends by itself', () => {
  it('is failed when it was killed, with the end of its log, and can be started again', async () => {
    await agent.engine.crash(idOf(0));
    await until('it is seen', async () => (await states())[0] === 'failed');
    const vm = await agent.client.vm.show({ vmId: idOf(0) });
    expect(vm).toEqual({
      ...vms[0],
      state: 'failed',
      acceleration: null,
      runningSince: null,
      readiness: null,
      failure: {
        code: 'VM_DIED',
        message: 'demo/tiny-2-1 stopped unexpectedly: its process was killed by SIGKILL.',
        fix: expect.stringContaining('Start it again'),
        data: {
          vmName: 'demo/tiny-2-1',
          reason: { code: 'killedBy', data: { signal: 'SIGKILL' }, quote: null },
          logTail: ['started demo/tiny-2-1 (fake)', 'its process was killed by SIGKILL'],
        },
      },
    });
    expect((await show()).env.state).toBe('partial');
    expect(await agent.client.vm.start({ vmId: idOf(0) })).toMatchObject({ state: 'running', failure: null });
  });

  it('is stopped, not failed, when its guest powered off', async () => {
    await agent.engine.powerOff(idOf(0));
    await until('it is seen', async () => (await states())[0] === 'stopped');
    expect(await agent.client.vm.show({ vmId: idOf(0) })).toMatchObject({ failure: null, runningSince: null });
  });

  it('while it is being stopped or deleted does not disturb that', async () => {
    const stopping = agent.engine.holdNext('powerDown');
    const stopped = agent.client.vm.stop({ vmId: idOf(0) });
    await stopping.reached;
    await agent.engine.crash(idOf(0));
    stopping.release();
    expect(await stopped).toMatchObject({ state: 'stopped', failure: null });

    const deleting = agent.engine.holdNext('stop');
    const deleted = agent.client.vm.delete({ vmId: idOf(1) });
    await deleting.reached;
    await agent.engine.crash(idOf(1));
    deleting.release();
    await deleted;
    expect(await states()).toEqual(['stopped']);
  });

  it('while its ENV is still being created is shown as what it is', async () => {
    const hold = agent.engine.holdNext('start');
    const creating = agent.client.env.create({ name: 'other', groups: [{ osPrefix: 'tiny', copies: 2 }] });
    await hold.reached;
    // By the agent's own word: on the host it is there before it can be crashed.
    const runs = await until('the other one runs', async () =>
      (await agent.client.env.show({ name: 'other' })).vms.find((vm) => vm.state === 'running'),
    );
    await agent.engine.crash(runs.id);
    hold.release();
    await creating;
    // All or nothing is about the start: what dies after it started is shown as what it is.
    const state = async () => (await agent.client.env.show({ name: 'other' })).env.state;
    await expect.poll(state).toBe('partial');
  });
});

describe('an ENV', () => {
  it('stops and starts with all its VMs, and gives its memory back meanwhile', async () => {
    expect((await agent.client.env.stop({ name: 'demo', graceS: 0 })).env.state).toBe('stopped');
    const { memory, disk } = await agent.client.host.show();
    expect([memory.usedMiB, disk.usedMiB, agent.fakeHost.size]).toEqual([0, 2048, 0]);
    const { env, vms: started } = await agent.client.env.start({ name: 'demo' });
    expect([env.state, started.map(({ portMap }) => portMap)]).toEqual(['running', vms.map(({ portMap }) => portMap)]);
    expect((await agent.client.env.start({ name: 'demo' })).env.state).toBe('running');
  });

  it('does not start into memory that two ENVs at once would both take', async () => {
    await agent.client.env.stop({ name: 'demo', graceS: 0 });
    await agent.client.env.create({ name: 'other', groups: [{ osPrefix: 'tiny', copies: 2 }] });
    await agent.client.env.stop({ name: 'other', graceS: 0 });
    await agent.client.env.create({ name: 'third', groups: [{ osPrefix: 'tiny', memoryMiB: 250 }] });
    // 262 MiB are left; each of the two wants 256.
    const hold = agent.engine.holdNext('start');
    const first = agent.client.env.start({ name: 'demo' });
    await hold.reached;
    const exhausted = { code: 'MEMORY_EXHAUSTED', data: { totalMiB: 512, usedMiB: 506, wantedMiB: 256 } };
    await expect(agent.client.env.start({ name: 'other' })).rejects.toMatchObject(exhausted);
    await expect(agent.client.env.create({ name: 'fourth', groups: [{ osPrefix: 'tiny' }] })).rejects.toMatchObject({
      code: 'MEMORY_EXHAUSTED',
    });
    hold.release();
    await first;
    expect((await agent.client.host.show()).memory.usedMiB).toBe(506);
    // A start that failed takes nothing.
    await agent.client.env.stop({ name: 'demo', graceS: 0 });
    agent.engine.failNext('start', 'START_FAILED');
    await expect(agent.client.env.start({ name: 'demo' })).rejects.toMatchObject({ code: 'VM_START_FAILED' });
    await agent.client.env.stop({ name: 'demo', graceS: 0 });
    expect((await agent.client.env.start({ name: 'other' })).env.state).toBe('running');
  });

  it('changes its words and its end, counted from its start', async () => {
    const { env } = await show();
    const changed = await agent.client.env.update({
      name: 'demo',
      title: 'T',
      notes: 'n',
      tags: ['x'],
      lifetimeS: 21_600,
    });
    const endAt = new Date(Date.parse(env.startAt) + 21_600_000).toISOString();
    expect(changed).toEqual({ ...env, title: 'T', notes: 'n', tags: ['x'], endAt });
    expect(await agent.client.env.update({ name: 'demo', title: '' })).toEqual({ ...changed, title: '' });
    await expect(agent.client.env.update({ name: 'demo', lifetimeS: 21_601 })).rejects.toMatchObject({
      code: 'LIFETIME_TOO_LONG',
      data: { wantedS: 21_601, maxS: 21_600 },
    });
    expect((await show()).env).toEqual({ ...changed, title: '' });
  });

  it('that nobody knows is not found, and names near it are given', async () => {
    const notFound = { code: 'ENV_NOT_FOUND', data: { envName: 'demmo', suggestions: ['demo'] } };
    for (const ask of [
      () => agent.client.env.show({ name: 'demmo' }),
      () => agent.client.env.update({ name: 'demmo' }),
      () => agent.client.env.start({ name: 'demmo' }),
      () => agent.client.env.stop({ name: 'demmo' }),
      () => agent.client.env.delete({ name: 'demmo' }),
      () => agent.client.snapshot.list({ envName: 'demmo' }),
    ]) {
      await expect(ask()).rejects.toMatchObject(notFound);
    }
  });

  it('that is deleted leaves nothing of its VMs and snapshots, and is deleted once for one operation id', async () => {
    await agent.client.snapshot.create({ envName: 'demo', name: 'ripe' });
    await agent.client.vm.stop({ vmId: idOf(1), graceS: 0 });
    const ask = { name: 'demo', operationId: randomUUID() };
    expect([await agent.client.env.delete(ask), await agent.client.env.delete(ask)]).toEqual([
      { name: 'demo', keptUntil: null },
      { name: 'demo', keptUntil: null },
    ]);
    expect(await agent.belongings()).toEqual(NOTHING);
    expect((await agent.client.host.show()).disk.usedMiB).toBe(0);
  });

  it('that could not be deleted whole is finished by the next try', async () => {
    agent.engine.failNext('destroy', 'COMMAND_FAILED');
    await expect(agent.client.env.delete({ name: 'demo' })).rejects.toMatchObject({ code: 'INTERNAL' });
    expect(agent.takeFaults()).toMatchObject([{ msg: 'operation failed' }]);
    expect((await show()).env.state).toBe('deleting');
    await agent.client.env.delete({ name: 'demo' });
    expect(await agent.belongings()).toEqual(NOTHING);
  });

  it('that is busy says with what', async () => {
    const hold = agent.engine.holdNext('start');
    const creating = agent.client.env.create({ name: 'other', groups: [{ osPrefix: 'tiny' }] });
    await hold.reached;
    const busy = { code: 'ENV_BUSY', data: { envName: 'other', operation: 'env.create' } };
    await expect(agent.client.env.delete({ name: 'other' })).rejects.toMatchObject(busy);
    await expect(agent.client.env.stop({ name: 'other' })).rejects.toMatchObject(busy);
    hold.release();
    expect((await creating).env.state).toBe('running');
  });
});
