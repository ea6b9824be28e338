// The host's disk is filled to its last byte at every kind of moment: no call returns INTERNAL, the agent survives and can be
// restarted, and the product's own calls free space. Fake guests on a small file system (tmpfs, so this needs root).
// @module-tag real
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { reason, type TtError, type Vm } from '@tt/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestAgent, type TestAgent, type TestAgentOptions } from '../testing/in-process-agent.ts';
import { makeTestImages } from '../testing/image-folder.ts';
import { canMount, mountSmallDisk, type SmallDisk, whyNoMount } from '../testing/small-disk.ts';
import { until } from '../testing/until.ts';

/** The reserve, its spare room and what a guest needs to go on, with a little more. */
const DISK_MIB = 64;

describe.skipIf(!canMount)(`a disk that is full to the last byte${whyNoMount}`, () => {
  let disk: SmallDisk;
  let agent: TestAgent;
  /** Called at each named step of an operation. */
  let atStep: (step: string) => void;

  const start = async (options: TestAgentOptions = {}) => {
    agent = await startTestAgent({ home: disk.folder, diskLookMs: 20, checkpoint: (step) => atStep(step), ...options });
  };
  beforeEach(async () => {
    atStep = () => {};
    disk = await mountSmallDisk(DISK_MIB);
    await makeTestImages(path.join(disk.folder, 'images'));
    await start();
    await until('the reserve is whole', () => existsSync(path.join(disk.folder, 'reserve', 'part-7')));
  });
  afterEach(async () => {
    await agent.stop({ keep: true });
    for (const machine of agent.fakeHost.values()) await machine.end({ expected: true, reason: reason('poweredOff') });
    await disk.unmount();
  });

  const create = (name: string) => agent.client.env.create({ name, groups: [{ osPrefix: 'tiny' }] });
  const only = (vms: readonly Vm[]): Vm => vms[0] ?? expect.unreachable('there is no VM');
  const stateOf = async (vmId: string) => (await agent.client.vm.show({ vmId })).state;

  it('is made room on by the calls that stop and delete, at every step of every call', async () => {
    const { vms } = await create('kept');
    const vm = only(vms);
    // Of a stopped machine: the RAM of a running one may need more than this disk has.
    await agent.client.vm.stop({ vmId: vm.id, graceS: 0 });
    await agent.client.snapshot.create({ envName: 'kept', name: 'first' });
    await agent.client.vm.start({ vmId: vm.id });
    const calls: Record<string, () => Promise<unknown>> = {
      'env.create': () => create('more'),
      'snapshot.create': () => agent.client.snapshot.create({ envName: 'kept', name: 'second' }),
      'vm.stop': () => agent.client.vm.stop({ vmId: vm.id, graceS: 0 }),
      'snapshot.revert': () => agent.client.snapshot.revert({ envName: 'kept', name: 'first', safety: false }),
      'vm.start': () => agent.client.vm.start({ vmId: vm.id }),
      'env.delete': () => agent.client.env.delete({ name: 'more' }),
    };
    const answers: string[] = [];
    for (const [name, call] of Object.entries(calls)) {
      const steps = new Set<string>();
      atStep = (step) => {
        if (steps.has(step)) return;
        steps.add(step);
        disk.fill();
      };
      disk.fill();
      answers.push(
        await call().then(
          () => `${name}: ok`,
          (error: TtError) => `${name}: ${error.code}`,
        ),
      );
      atStep = () => {};
    }
    // What frees space always works; what needs some may not, and says why.
    expect(answers.filter((answer) => !/: (ok|DISK_FULL)$/.test(answer))).toEqual(
      answers[0] === 'env.create: ok' ? [] : ['env.delete: ENV_NOT_FOUND'],
    );
    expect(answers).toContain('vm.stop: ok');
    await agent.client.snapshot.delete({ envName: 'kept', name: 'first' });
    await agent.client.env.delete({ name: 'kept' });
    expect((await agent.client.env.list()).envs.map(({ name }) => name)).not.toContain('kept');
  });

  it('pauses guests, which go on by themselves once a call has made room', async () => {
    const { vms } = await create('paused');
    const vm = only(vms);
    const big = only((await create('big')).vms);
    // What is in the way is the disk of another VM, as a guest would have filled it.
    await writeFile(path.join(agent.storage.folderOf(big.id), 'much'), Buffer.alloc(40 * 1024 * 1024));
    disk.fill();
    agent.engine.raiseTrouble(vm.id);
    await until('it is paused', async () => (await stateOf(vm.id)) === 'paused');
    await expect(agent.client.vm.resume({ vmId: vm.id })).rejects.toMatchObject({
      code: 'DISK_FULL',
      data: { subject: vm.name },
    });
    await agent.client.env.delete({ name: 'big' });
    await until('it runs again', async () => (await stateOf(vm.id)) === 'running');
    expect((await agent.client.vm.show({ vmId: vm.id })).failure).toBeNull();
    expect(agent.fakeHost.values().next().value?.paused).toBe(false);
  });

  it('keeps what its guests do until there is room to write it down, and the agent alive', async () => {
    const vm = only((await create('dies')).vms);
    disk.fill();
    await rm(path.join(disk.folder, 'reserve'), { recursive: true, force: true });
    disk.fill();
    // Fills the last page and the journal: the next change has no room at all.
    await expect(
      (async () => {
        for (;;) await agent.client.env.update({ name: 'dies', notes: String(Math.random()).repeat(400) });
      })(),
    ).rejects.toMatchObject({ code: 'DISK_FULL' });
    await agent.engine.crash(vm.id);
    await until('the log says so', () => agent.log.some(({ msg }) => msg.includes('it will be recorded later')));
    disk.empty();
    await until('it is written down', async () => (await stateOf(vm.id)) === 'failed');
  });

  it('does not keep the next agent from starting, and that one makes room', async () => {
    const { vms } = await create('kept');
    disk.fill();
    await agent.stop({ keep: true });
    disk.fill();
    await start({ fakeHost: agent.fakeHost });
    expect(await stateOf(only(vms).id)).toBe('running');
    await agent.client.vm.stop({ vmId: only(vms).id, graceS: 0 });
    await agent.client.env.delete({ name: 'kept' });
    expect((await agent.client.env.list()).envs).toEqual([]);
  });
});
