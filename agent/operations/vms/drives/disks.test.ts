// Disks and CD drives of a VM: added, attached, grown, limited and removed while it runs and while it is stopped; what is
// refused; what remains after a failure or a crash; and that record, machine and files agree.
import path from 'node:path';
import { type Vm, bootDiskMiB } from '@tt/protocol';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StateStore } from '../../../state/store.ts';
import { type VmRecord, type VmRecordChange, changedVm } from '../../../state/vm-record.ts';
import { makeTestImages } from '../../../testing/image-folder.ts';
import { type TestAgent, startTestAgent } from '../../../testing/in-process-agent.ts';

let agent: TestAgent;
let vmId: string;
const client = () => agent.client;
const show = () => client().vm.show({ vmId });
const disksOf = ({ spec: { disks } }: Vm) =>
  disks.map(({ name, sizeMiB, attached }) => `${name} ${sizeMiB} ${attached ? 'in' : 'out'}`);
/** What the running machine has. */
const plugged = () => [...agent.engine.drivesOf(vmId).disks.keys()].sort();
const LIMITS = { bytesPerSecond: 1_048_576, operationsPerSecond: null };

/** Where this test's host has its UEFI firmware, if it has. */
const placesOf = (home: string) => ({
  uefiPlaces: [{ code: path.join(home, 'CODE.fd'), variables: path.join(home, 'VARS.fd') }],
});

async function start(): Promise<void> {
  const home = await mkdtemp(path.join(tmpdir(), 'tt-'));
  await makeTestImages(path.join(home, 'images'));
  await writeFile(path.join(home, 'images', 'net.iso'), 'a medium');
  agent = await startTestAgent({ ...placesOf(home), home, config: { network: 'user' } });
  const { vms } = await client().env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
  vmId = vms[0]?.id ?? '';
}
beforeEach(start);
afterEach(() => agent.stop());

describe('a disk', () => {
  it('is added, limited, grown, detached, attached and removed while the VM runs, and is there after a restart', async () => {
    const added = await client().disk.add({ vmId, sizeMiB: 64, limits: LIMITS });
    expect([disksOf(added), plugged()]).toEqual([
      ['disk0 1024 in', 'disk1 64 in'],
      ['disk0', 'disk1'],
    ]);
    expect(agent.engine.drivesOf(vmId).disks.get('disk1')?.limits).toEqual(LIMITS);
    const named = await client().disk.add({ vmId, sizeMiB: 32, name: 'disk5' });
    expect(disksOf(named)).toEqual(['disk0 1024 in', 'disk1 64 in', 'disk5 32 in']);
    await client().disk.limit({ vmId, name: 'disk1', limits: { bytesPerSecond: null, operationsPerSecond: null } });
    expect([(await show()).spec.disks[1]?.limits, agent.engine.drivesOf(vmId).disks.get('disk1')?.limits]).toEqual([
      null,
      null,
    ]);
    expect(disksOf(await client().disk.grow({ vmId, name: 'disk1', sizeMiB: 128 }))[1]).toBe('disk1 128 in');
    expect(await agent.storage.sizeMiB(vmId, 'disk1')).toBe(128);
    expect(disksOf(await client().disk.detach({ vmId, name: 'disk5' }))[2]).toBe('disk5 32 out');
    expect([plugged(), await agent.storage.disks(vmId)]).toEqual([
      ['disk0', 'disk1'],
      ['disk0', 'disk1', 'disk5'],
    ]);
    await client().disk.grow({ vmId, name: 'disk5', sizeMiB: 40 });
    await client().disk.attach({ vmId, name: 'disk5' });
    await client().disk.attach({ vmId, name: 'disk5' });
    expect(plugged()).toEqual(['disk0', 'disk1', 'disk5']);
    await client().disk.detach({ vmId, name: 'disk5' });
    expect(disksOf(await client().disk.remove({ vmId, name: 'disk5' }))).toEqual(['disk0 1024 in', 'disk1 128 in']);
    expect(await agent.storage.disks(vmId)).toEqual(['disk0', 'disk1']);
    await client().vm.stop({ vmId, graceS: 0 });
    await client().vm.start({ vmId });
    expect(plugged()).toEqual(['disk0', 'disk1']);
  });

  it('of a stopped VM is there at its next start', async () => {
    await client().vm.stop({ vmId, graceS: 0 });
    expect(disksOf(await client().disk.add({ vmId, sizeMiB: 64, limits: LIMITS }))[1]).toBe('disk1 64 in');
    await client().disk.grow({ vmId, name: 'disk0', sizeMiB: 2048 });
    await client().vm.start({ vmId });
    const { disks } = agent.engine.drivesOf(vmId);
    expect([plugged(), disks.get('disk1')?.limits, bootDiskMiB((await show()).spec)]).toEqual([
      ['disk0', 'disk1'],
      LIMITS,
      2048,
    ]);
  });

  it('counts against host and quota, whole sizes, attached or not', async () => {
    const used = async () => (await client().host.show()).disk.usedMiB;
    await client().disk.add({ vmId, sizeMiB: 1000 });
    await client().disk.detach({ vmId, name: 'disk1' });
    expect(await used()).toBe(2024);
    const { totalMiB } = (await client().host.show()).disk;
    const tooMuch = { totalMiB, usedMiB: 2024, wantedMiB: totalMiB };
    await expect(client().disk.add({ vmId, sizeMiB: totalMiB })).rejects.toMatchObject({
      code: 'DISK_EXHAUSTED',
      data: tooMuch,
    });
    await expect(client().disk.grow({ vmId, name: 'disk1', sizeMiB: totalMiB + 1000 })).rejects.toMatchObject({
      code: 'DISK_EXHAUSTED',
      data: tooMuch,
    });
    await client().disk.remove({ vmId, name: 'disk1' });
    expect([await used(), await agent.storage.disks(vmId)]).toEqual([1024, ['disk0']]);
  });

  it('is refused what would lose it or can’t be, with nothing changed', async () => {
    await client().disk.add({ vmId, sizeMiB: 64 });
    const before = await show();
    const { disk } = client();
    const refused: [string, () => Promise<unknown>][] = [
      ['DISK_IS_BOOT', () => disk.detach({ vmId, name: 'disk0' })],
      ['DISK_IS_BOOT', () => disk.remove({ vmId, name: 'disk0' })],
      ['DISK_NOT_FOUND', () => disk.attach({ vmId, name: 'disk7' })],
      ['DISK_NOT_FOUND', () => disk.limit({ vmId, name: 'disk7', limits: null })],
      ['DISK_NAME_TAKEN', () => disk.add({ vmId, sizeMiB: 1, name: 'disk1' })],
      ['DISK_COUNT_LIMIT', () => disk.add({ vmId, sizeMiB: 1, name: 'disk9' })],
      ['DISK_ATTACHED', () => disk.remove({ vmId, name: 'disk1' })],
      ['DISK_CANNOT_SHRINK', () => disk.grow({ vmId, name: 'disk1', sizeMiB: 63 })],
      ['INPUT_INVALID', () => disk.detach({ vmId, name: 'nvram' })],
      ['INPUT_INVALID', () => disk.detach({ vmId, name: '../disk1' })],
      ['VM_NOT_FOUND', () => disk.add({ vmId: randomUUID(), sizeMiB: 1 })],
    ];
    for (const [code, call] of refused) await expect(call(), code).rejects.toMatchObject({ code });
    agent.engine.freezeGuest(vmId);
    await expect(disk.detach({ vmId, name: 'disk1' })).rejects.toMatchObject({ code: 'DISK_IN_USE' });
    expect([await show(), plugged()]).toEqual([before, ['disk0', 'disk1']]);
    for (let count = before.spec.disks.length; count < 9; count++) await disk.add({ vmId, sizeMiB: 1 });
    await expect(disk.add({ vmId, sizeMiB: 1 })).rejects.toMatchObject({ code: 'DISK_COUNT_LIMIT', data: { max: 9 } });
  });

  it('that a snapshot holds is not removed until that snapshot is gone', async () => {
    await client().disk.add({ vmId, sizeMiB: 64 });
    await client().snapshot.create({ envName: 'demo', name: 'with' });
    await client().disk.detach({ vmId, name: 'disk1' });
    await expect(client().disk.remove({ vmId, name: 'disk1' })).rejects.toMatchObject({
      code: 'DISK_HELD',
      data: { diskName: 'disk1', snapshots: ['with'] },
    });
    await client().snapshot.delete({ envName: 'demo', name: 'with' });
    expect(disksOf(await client().disk.remove({ vmId, name: 'disk1' }))).toEqual(['disk0 1024 in']);
  });

  it('that could not be made or attached is nowhere', async () => {
    agent.engine.failNext('attachDrive', 'COMMAND_FAILED');
    await expect(client().disk.add({ vmId, sizeMiB: 64 })).rejects.toMatchObject({ code: 'VM_CONTROL_FAILED' });
    agent.storage.failNext('addDisk', 'DISK_FULL');
    await expect(client().disk.add({ vmId, sizeMiB: 64 })).rejects.toMatchObject({ code: 'DISK_FULL' });
    expect([disksOf(await show()), await agent.storage.disks(vmId)]).toEqual([['disk0 1024 in'], ['disk0']]);
    await client().disk.add({ vmId, sizeMiB: 64 });
    await client().disk.detach({ vmId, name: 'disk1' });
    agent.storage.failNext('removeDisk', 'STORAGE_FAILED');
    await expect(client().disk.remove({ vmId, name: 'disk1' })).rejects.toMatchObject({ code: 'VM_CONTROL_FAILED' });
    expect(disksOf(await show())).toEqual(['disk0 1024 in', 'disk1 64 out']);
  });
});

describe('a CD drive', () => {
  it('takes media while the VM runs and gives them back; a medium that is gone is said at the next start', async () => {
    const medium = (await client().image.list()).images.find(({ kind }) => kind === 'iso')?.name ?? '';
    const inserted = await client().cd.insert({ vmId, name: 'cd1', medium });
    expect(inserted.spec.cds).toEqual([
      { name: 'cd0', medium: null },
      { name: 'cd1', medium },
    ]);
    expect(agent.engine.drivesOf(vmId).cds.get('cd1')).toBe(path.join(agent.home, 'images', 'net.iso'));
    await expect(client().cd.insert({ vmId, name: 'cd0', medium: 'qemu:none:iso' })).rejects.toMatchObject({
      code: 'IMAGE_NOT_FOUND',
    });
    await expect(client().cd.insert({ vmId, name: 'cd0', medium: inserted.image })).rejects.toMatchObject({
      code: 'IMAGE_WRONG_KIND',
    });
    agent.engine.failNext('changeCd', 'COMMAND_FAILED');
    await expect(client().cd.eject({ vmId, name: 'cd1' })).rejects.toMatchObject({ code: 'VM_CONTROL_FAILED' });
    expect((await show()).spec.cds[1]?.medium).toBe(medium);
    await client().cd.eject({ vmId, name: 'cd1' });
    await client().cd.eject({ vmId, name: 'cd1' });
    expect([(await show()).spec.cds[1]?.medium, agent.engine.drivesOf(vmId).cds.get('cd1')]).toEqual([null, null]);
    await client().cd.insert({ vmId, name: 'cd0', medium });
    await restart(() => rm(path.join(agent.home, 'images', 'net.iso')));
    await client().vm.stop({ vmId, graceS: 0 });
    await expect(client().vm.start({ vmId })).rejects.toMatchObject({
      code: 'VM_START_FAILED',
      data: { reason: { code: 'mediaMissing', data: { media: medium } } },
    });
    await client().cd.eject({ vmId, name: 'cd0' });
    await client().vm.start({ vmId });
  });
});

/** As after a crash: the guests ran on, and meanwhile `work` was done to what the agent left. */
async function restart(work: () => Promise<unknown>): Promise<void> {
  const { home, fakeHost } = agent;
  await agent.stop({ keep: true });
  await work();
  agent = await startTestAgent({ ...placesOf(home), home, fakeHost, config: { network: 'user' } });
}

/** What an agent that died in the middle of a change had written down. */
function writeRecord(change: (vm: VmRecord) => VmRecordChange): void {
  const store = new StateStore(path.join(agent.home, 'state.sqlite'));
  const vm = store.vms.get(vmId);
  if (vm) store.vms.put(vmId, changedVm(vm, change(vm)));
  store.close();
}

describe('an agent killed in the middle', () => {
  it('of attaching or detaching finishes it: machine and record are the same again', async () => {
    await client().disk.add({ vmId, sizeMiB: 64 });
    await client().disk.add({ vmId, sizeMiB: 32 });
    await client().disk.detach({ vmId, name: 'disk2' });
    await restart(async () =>
      writeRecord(({ spec: { disks } }) => ({
        status: { unsettledDrives: true },
        spec: {
          disks: disks.map((disk) => ({
            ...disk,
            attached: disk.name !== 'disk1',
            limits: disk.name === 'disk0' ? LIMITS : null,
          })),
        },
      })),
    );
    expect([plugged(), disksOf(await show())]).toEqual([
      ['disk0', 'disk2'],
      ['disk0 1024 in', 'disk1 64 out', 'disk2 32 in'],
    ]);
    expect(agent.engine.drivesOf(vmId).disks.get('disk0')?.limits).toEqual(LIMITS);
  });

  it('of making, removing or growing one leaves the same disks on the host as in the record', async () => {
    await client().disk.add({ vmId, sizeMiB: 64 });
    await restart(async () => {
      await agent.storage.addDisk(vmId, 'disk4', 16);
      await agent.storage.resizeImage(vmId, 96, 'disk1');
    });
    expect([await agent.storage.disks(vmId), disksOf(await show())]).toEqual([
      ['disk0', 'disk1'],
      ['disk0 1024 in', 'disk1 96 in'],
    ]);
  });
});

describe('a new VM', () => {
  it('has the disks, limits, medium, firmware and boot order that its group asks for, or it is not made at all', async () => {
    const [medium = ''] = (await client().image.list()).images.flatMap(({ kind, name }) =>
      kind === 'iso' ? [name] : [],
    );
    const group = {
      osPrefix: 'tiny',
      disks: [{ sizeMiB: 64 }, { sizeMiB: 32, limits: LIMITS }],
      diskLimits: LIMITS,
      medium,
      bootFrom: 'cd' as const,
    };
    const { vms } = await client().env.create({ name: 'more', groups: [group] });
    vmId = vms[0]?.id ?? '';
    const {
      spec: { disks, cds, bootFrom, firmware },
    } = await show();
    expect([disks.map(({ limits }) => limits), cds[0]?.medium, bootFrom, firmware]).toEqual([
      [LIMITS, null, LIMITS],
      medium,
      'cd',
      'bios',
    ]);
    expect([plugged(), await agent.storage.disks(vmId)]).toEqual([
      ['disk0', 'disk1', 'disk2'],
      ['disk0', 'disk1', 'disk2'],
    ]);
    for (const bad of [{ medium: 'qemu:none:iso' }, { disks: [{ sizeMiB: 60_000 }, { sizeMiB: 10_000 }] }]) {
      await expect(client().env.create({ name: 'bad', groups: [{ osPrefix: 'tiny', ...bad }] })).rejects.toMatchObject({
        code: 'disks' in bad ? 'DISK_EXHAUSTED' : 'IMAGE_NOT_FOUND',
      });
    }
    expect((await agent.belongings()).envs).toEqual(['demo', 'more']);
  });

  it('boots by UEFI with variables of its own where the host has the firmware, and else is told what to install', async () => {
    const uefi = { groups: [{ osPrefix: 'tiny', firmware: 'uefi' as const }] };
    await expect(client().env.create({ name: 'efi', ...uefi })).rejects.toMatchObject({
      code: 'FEATURE_UNSUPPORTED',
      data: { feature: 'uefiPackage' },
    });
    for (const name of ['CODE.fd', 'VARS.fd']) await writeFile(path.join(agent.home, name), name);
    const { vms } = await client().env.create({ name: 'efi', ...uefi });
    vmId = vms[0]?.id ?? '';
    expect([await agent.storage.disks(vmId), disksOf(await show())]).toEqual([['disk0', 'nvram'], ['disk0 1024 in']]);
    await expect(client().vm.update({ vmId, firmware: 'bios' })).rejects.toMatchObject({
      code: 'VM_MUST_BE_STOPPED',
      data: { change: 'firmware' },
    });
    await expect(client().vm.update({ vmId, bootFrom: 'cd' })).rejects.toMatchObject({ code: 'VM_MUST_BE_STOPPED' });
    await client().vm.stop({ vmId, graceS: 0 });
    expect(await client().vm.update({ vmId, firmware: 'bios', bootFrom: 'cd' })).toMatchObject({
      spec: { firmware: 'bios', bootFrom: 'cd' },
    });
    // Its variables wait for it to boot by UEFI again.
    await client().vm.update({ vmId, firmware: 'uefi' });
    await client().vm.start({ vmId });
    expect(await agent.storage.disks(vmId)).toEqual(['disk0', 'nvram']);
  });
});
describe('going back', () => {
  it('gives the running machine the disks it had, or says that it has to be started anew', async () => {
    await client().disk.add({ vmId, sizeMiB: 64 });
    await client().snapshot.create({ envName: 'demo', name: 'with' });
    await client().disk.detach({ vmId, name: 'disk1' });
    await client().disk.add({ vmId, sizeMiB: 32 });
    await client().disk.limit({ vmId, name: 'disk0', limits: LIMITS });
    await client().snapshot.revert({ envName: 'demo', name: 'with' });
    expect([plugged(), disksOf(await show())]).toEqual([
      ['disk0', 'disk1'],
      ['disk0 1024 in', 'disk1 64 in', 'disk2 32 out'],
    ]);
    expect([(await show()).spec.disks[0]?.limits, agent.engine.drivesOf(vmId).disks.get('disk0')?.limits]).toEqual([
      null,
      null,
    ]);
  });
});
