// Disks and CDs of a machine against an agent with fake drivers: what the dialog does, and what it is refused.
import { afterEach, expect, test } from 'vitest';
import { startTestStores, type TestStores } from '../testing/test-stores.ts';

let running: TestStores;
afterEach(() => running.stop());

async function started() {
  running = await startTestStores();
  const { stores } = running;
  const id = stores.vms.ofEnv('tiny')[0]?.id ?? '';
  const vm = () => stores.vms.get(id) ?? expect.unreachable('the machine is gone');
  const disks = () =>
    vm().spec.disks.map(({ name, sizeMiB, attached }) => `${name} ${sizeMiB} ${attached ? 'in' : 'out'}`);
  return { stores, vm, disks };
}

test('a disk is added, grown, limited, detached, attached again and deleted', async () => {
  const { stores, vm, disks } = await started();
  const { drives } = stores;
  await drives.add(vm(), 512);
  await running.settle();
  const limits = { bytesPerSecond: 1_048_576, operationsPerSecond: null };
  await drives.grow(vm(), 'disk1', 1024);
  await drives.limit(vm(), 'disk1', limits);
  await running.settle();
  expect([disks()[1], vm().spec.disks[1]?.limits]).toEqual(['disk1 1024 in', limits]);
  await drives.detach(vm(), 'disk1');
  await drives.attach(vm(), 'disk1');
  await drives.detach(vm(), 'disk1');
  await running.settle();
  expect(disks()[1]).toBe('disk1 1024 out');
  await drives.remove(vm(), 'disk1');
  await running.settle();
  expect(disks()).toHaveLength(1);
  expect(new Set(running.operations().map(({ kind }) => kind))).toEqual(
    new Set(['disk.add', 'disk.grow', 'disk.limit', 'disk.detach', 'disk.attach', 'disk.remove']),
  );
});

test('what is refused says why and changes nothing', async () => {
  const { stores, vm, disks } = await started();
  const { drives } = stores;
  const before = disks();
  const refused = [
    await drives.detach(vm(), 'disk0'),
    await drives.attach(vm(), 'disk7'),
    await drives.grow(vm(), 'disk0', 1),
    await drives.choose(vm(), { firmware: 'uefi' }),
    await drives.insert(vm(), 'cd0', vm().image),
  ];
  await running.settle();
  expect(refused.map((outcome) => (outcome.ok ? 'done' : outcome.error.code))).toEqual([
    'DISK_IS_BOOT',
    'DISK_NOT_FOUND',
    'DISK_CANNOT_SHRINK',
    'VM_MUST_BE_STOPPED',
    'IMAGE_WRONG_KIND',
  ]);
  expect(disks()).toEqual(before);
});

test('a medium goes in and out; firmware and boot order change while the machine is stopped', async () => {
  const { stores, vm } = await started();
  const file = new File([new Uint8Array(0x8001), 'CD001', new Uint8Array(0x1000)], 'net.iso');
  expect(await stores.imports.begin(file, { name: 'qemu:net:iso' })).toBe(true);
  await running.settle();
  await stores.drives.insert(vm(), 'cd1', 'qemu:net:iso');
  await running.settle();
  expect(vm().spec.cds[1]?.medium).toBe('qemu:net:iso');
  await stores.drives.eject(vm(), 'cd1');
  await stores.vms.stopVm(vm().id);
  await running.settle();
  await stores.drives.choose(vm(), { firmware: 'uefi' });
  await stores.drives.choose(vm(), { bootFrom: 'cd' });
  await running.settle();
  expect([vm().spec.cds[1]?.medium, vm().spec.firmware, vm().spec.bootFrom]).toEqual([null, 'uefi', 'cd']);
});
