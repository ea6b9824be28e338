// A revert restores configuration together with RAM and disk: sizes by restarting the machine, rules in place; ports and
// addresses stay. Missing parts of a snapshot are reported before anything changes.
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Vm } from '@tt/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FakeMachine } from '../../engines/fake/fake-machine.ts';
import { changeFakeDisk, readFakeDisk } from '../../storage/fake-disk.ts';
import { startTestAgent, type TestAgent } from '../../testing/in-process-agent.ts';

let agent: TestAgent;
let vms: Vm[];

beforeEach(async () => {
  agent = await startTestAgent({ config: { memoryTotalMiB: 1024, cpuTotal: 4 } });
  ({ vms } = await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny', copies: 2 }] }));
});
afterEach(() => agent.stop());

const idOf = (index: number) => vms[index]?.id ?? '';
const take = (name: string) => agent.client.snapshot.create({ envName: 'demo', name });
const revert = (name: string, about: object = {}) => agent.client.snapshot.revert({ envName: 'demo', name, ...about });
const show = async (index: number) => agent.client.vm.show({ vmId: idOf(index) });
const states = async () => (await agent.client.env.show({ name: 'demo' })).vms.map(({ state }) => state);

function machineOf(index: number): FakeMachine {
  const machine = [...agent.fakeHost.values()].find(({ spec }) => spec.id === idOf(index));
  if (!machine) throw new Error('it does not run');
  return machine;
}

function write(word: string): void {
  for (const machine of agent.fakeHost.values()) {
    machine.ram = { '/dev/shm/word': word };
    machine.writeDisk({ '/root/word': word });
  }
}

const words = () =>
  [0, 1].map((index) => {
    const disk = readFakeDisk(agent.storage.diskOf(idOf(index)).path).files['/root/word'];
    return `${machineOf(index).ram['/dev/shm/word']}/${disk}${machineOf(index).paused ? ' (paused)' : ''}`;
  });

/** Another size for a VM: it must be stopped for that. */
async function resize(index: number, change: { cpuCount?: number; memoryMiB?: number }): Promise<void> {
  const vmId = idOf(index);
  await agent.client.vm.stop({ vmId, graceS: 0 });
  await agent.client.vm.update({ vmId, ...change });
  await agent.client.vm.start({ vmId });
}

describe('a revert', () => {
  it('of a VM that had another size starts it anew with that, and says so; it can be undone', async () => {
    write('apple');
    await take('small');
    await resize(0, { cpuCount: 2, memoryMiB: 256 });
    write('pear');
    const before = machineOf(1).process;
    const done = await revert('small');
    expect(done.vms).toEqual([
      { vmId: idOf(0), vmName: vms[0]?.name, restarted: true },
      { vmId: idOf(1), vmName: vms[1]?.name, restarted: false },
    ]);
    expect([words(), await states()]).toEqual([
      ['apple/apple', 'apple/apple'],
      ['running', 'running'],
    ]);
    expect((await show(0)).spec).toMatchObject({ cpuCount: 1, memoryMiB: 128 });
    expect(machineOf(0).spec).toMatchObject({ cpuCount: 1, memoryMiB: 128 });
    // A new process, which nobody is told of.
    expect(machineOf(1).process).not.toEqual(before);
    expect((await show(1)).state).toBe('running');

    await revert(done.safetySnapshotName ?? '', { safety: false });
    expect([words(), machineOf(0).spec.memoryMiB]).toEqual([['pear/pear', 'pear/pear'], 256]);
  });

  it('holds all guests still until the one that was started anew has its state', async () => {
    write('apple');
    await take('small');
    await resize(0, { memoryMiB: 256 });
    const hold = agent.engine.holdNext('start');
    const applying = revert('small', { safety: false });
    await hold.reached;
    // The one whose start is held is not among them, whichever it is; the other has its new process.
    await expect.poll(() => [...agent.fakeHost.values()].map(({ paused }) => paused)).toEqual([true]);
    hold.release();
    await applying;
    expect(words()).toEqual(['apple/apple', 'apple/apple']);
  });

  it('brings the blacklist back in force, and keeps ports and addresses as they are now', async () => {
    const vmId = idOf(0);
    await take('plain');
    await agent.client.vm.update({ vmId, ports: [{ protocol: 'tcp', guestPort: 80 }] });
    const { portMap } = await show(0);
    await revert('plain', { safety: false });
    expect(await show(0)).toMatchObject({ portMap, spec: { blacklist: [] } });
    expect(agent.engine.forwardsOf(vmId, 0).map(({ guestPort }) => guestPort)).toEqual([22, 80]);
  });

  it('takes out a disk that came later, and keeps it; undo gives it back', async () => {
    const vmId = idOf(0);
    write('apple');
    await take('one-disk');
    await agent.client.disk.add({ vmId, sizeMiB: 64 });
    const attached = async () => (await show(0)).spec.disks.map((disk) => [disk.name, disk.attached]);
    const before = machineOf(0).process;
    const done = await revert('one-disk');
    expect(machineOf(0).process).not.toEqual(before);
    expect([await attached(), done.vms[0]?.restarted, words()[0]]).toEqual([
      [
        ['disk0', true],
        ['disk1', false],
      ],
      false,
      'apple/apple',
    ]);
    await revert(done.safetySnapshotName ?? '', { safety: false });
    expect((await attached())[1]).toEqual(['disk1', true]);
    expect([...machineOf(0).disks.keys()]).toEqual(['disk0', 'disk1']);
  });

  it('does not ask the guest to let go of a disk', async () => {
    write('apple');
    await take('one-disk');
    await agent.client.disk.add({ vmId: idOf(0), sizeMiB: 64 });
    agent.engine.failNext('detachDrive', 'COMMAND_FAILED');
    const done = await revert('one-disk', { safety: false });
    expect(done.vms.map(({ restarted }) => restarted)).toEqual([false, false]);
    expect([words()[0], [...machineOf(0).disks.keys()]]).toEqual(['apple/apple', ['disk0']]);
  });

  it('that needs more than there is left is refused, and touches nothing', async () => {
    await resize(0, { memoryMiB: 512 });
    await take('large');
    await resize(0, { memoryMiB: 128 });
    await agent.client.env.create({ name: 'other', groups: [{ osPrefix: 'tiny', memoryMiB: 512 }] });
    write('pear');
    await expect(revert('large')).rejects.toMatchObject({
      code: 'MEMORY_EXHAUSTED',
      data: { totalMiB: 1024, usedMiB: 768, wantedMiB: 384 },
    });
    expect([words(), (await show(0)).spec.memoryMiB]).toEqual([['pear/pear', 'pear/pear'], 128]);
    expect((await agent.belongings()).snapshots).toEqual(['large']);
  });

  it('gives what one VM gives back to the other', async () => {
    await resize(0, { memoryMiB: 800 });
    await take('first');
    await resize(0, { memoryMiB: 128 });
    await resize(1, { memoryMiB: 800 });
    await revert('first', { safety: false });
    expect([(await show(0)).spec.memoryMiB, (await show(1)).spec.memoryMiB]).toEqual([800, 128]);
  });

  it('of a machine that does not start again leaves it stopped as it was made before, and the other one back', async () => {
    write('apple');
    await take('small');
    await resize(0, { memoryMiB: 256 });
    write('pear');
    agent.engine.failNext('start', 'START_FAILED');
    await expect(revert('small')).rejects.toMatchObject({ code: 'VM_START_FAILED' });
    // Whichever was to start first.
    const failed = (await states()).indexOf('stopped');
    expect((await states())[1 - failed]).toBe('running');
    expect((await show(0)).spec.memoryMiB).toBe(failed === 0 ? 256 : 128);
    expect(machineOf(1 - failed).ram).toEqual({ '/dev/shm/word': 'apple' });
    const safety = (await agent.client.snapshot.list({ envName: 'demo' })).snapshots.at(-1);
    await revert(safety?.name ?? '', { safety: false });
    expect(words()).toEqual(['pear/pear', 'pear/pear']);
  });

  it('answers while a guest still lets its clock wait, and says in an operation of its own that it does', async () => {
    await take('a');
    await agent.client.vm.stop({ vmId: idOf(1), graceS: 0 });
    await take('half');
    agent.engine.hangs = 'all';
    await revert('half', { safety: false });
    const [setting] = (await agent.client.operation.list()).operations.filter(
      ({ kind }) => kind === 'snapshot.setClocks',
    );
    expect(setting).toMatchObject({
      state: 'running',
      subject: { envName: 'demo', snapshotName: 'half' },
      step: { code: 'settingClocks' },
      progress: { done: 0, total: 1 },
    });
    // The ENV is not held meanwhile.
    await take('next');
    await agent.client.operation.cancel({ operationId: setting?.id ?? '' });
  });
});

describe('a snapshot that is damaged', () => {
  const files = (id: string) => ({
    ram: path.join(agent.storage.folderOf(idOf(0)), `ram-${id}.flat`),
    disk: agent.storage.diskOf(idOf(0)).path,
  });
  const forget = (id: string) =>
    changeFakeDisk(files(id).disk, (disk) => {
      disk.snapshots = disk.snapshots.filter(({ tag }) => tag !== id);
    });

  it.each([
    ['its RAM', (id: string) => rm(files(id).ram), (id: string) => files(id).ram.replace('flat', '{flat,qcow2}')],
    ['the state of its disk', async (id: string) => forget(id), () => 'diskState'],
  ])('as %s is missing says so, changes nothing, and can be deleted', async (_what, damage, missing) => {
    write('apple');
    await take('good');
    const { id } = await take('bad');
    write('pear');
    await damage(id);
    await expect(revert('bad')).rejects.toMatchObject({
      code: 'SNAPSHOT_DAMAGED',
      data: { snapshotName: 'bad', vmName: vms[0]?.name, missing: [missing(id)] },
    });
    expect([words(), (await agent.belongings()).snapshots]).toEqual([
      ['pear/pear', 'pear/pear'],
      ['bad', 'good'],
    ]);
    const usage = await agent.client.snapshot.usage({ envName: 'demo' });
    expect(usage.snapshots.map(({ vms: parts }) => parts.map((part) => part.missing))).toEqual([
      [[], []],
      [[missing(id)], []],
    ]);
    await agent.client.snapshot.delete({ envName: 'demo', name: 'bad' });
    await revert('good', { safety: false });
    expect(words()).toEqual(['apple/apple', 'apple/apple']);
  });

  it('does not keep the other VMs of it from going back', async () => {
    write('apple');
    const { id } = await take('bad');
    write('pear');
    await rm(files(id).ram);
    await revert('bad', { vmIds: [idOf(1)], safety: false });
    expect(words()).toEqual(['pear/pear', 'apple/apple']);
  });
});

describe('what snapshots hold', () => {
  it('is said of each, with what hangs on it', async () => {
    const { id } = await take('a');
    await take('b');
    const usage = await agent.client.snapshot.usage({ envName: 'demo' });
    expect(usage.snapshots[0]).toMatchObject({ id, name: 'a', ramBytes: 131_072, children: ['b'], forks: [] });
    expect(usage.snapshots[0]?.vms.map(({ ramBytes, missing }) => [ramBytes, missing])).toEqual([
      [65_536, []],
      [65_536, []],
    ]);
    expect(usage.vms.map(({ vmId }) => vmId)).toEqual(vms.map((vm) => vm.id));
  });

  it('is given back as far as it is not used, by VMs that are stopped', async () => {
    await agent.client.vm.stop({ vmId: idOf(1), graceS: 0 });
    const done = await agent.client.env.compact({ name: 'demo' });
    expect(done.vms.map(({ skipped }) => skipped)).toEqual([true, false]);
    agent.storage.failNext('compact', 'STORAGE_FAILED');
    await expect(agent.client.env.compact({ name: 'demo' })).rejects.toMatchObject({ code: 'VM_CONTROL_FAILED' });
    agent.storage.failNext('compact', 'DISK_FULL');
    await expect(agent.client.env.compact({ name: 'demo' })).rejects.toMatchObject({ code: 'DISK_FULL' });
  });
});
