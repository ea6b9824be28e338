// Disks and CDs of a machine against the fake world: what the dialog does, and what it is refused.
import { afterEach, expect, test } from 'vitest';
import { settle, startTestStores, type TestStores } from '../fake/test-stores.ts';

let running: TestStores;
afterEach(() => running.stop());

async function started() {
  running = await startTestStores();
  const { stores } = running;
  const id = stores.vms.ofEnv('tiny')[0]?.id ?? '';
  const vm = () => stores.vms.get(id) ?? expect.unreachable('the machine is gone');
  const disks = () => vm().disks.map(({ name, sizeMiB, attached }) => `${name} ${sizeMiB} ${attached ? 'in' : 'out'}`);
  return { stores, world: running.bridge.world, vm, disks };
}

test('a disk is added, grown, limited, detached, attached again and deleted', async () => {
  const { stores, vm, disks } = await started();
  const { drives } = stores;
  await drives.add(vm(), 512);
  await settle();
  const limits = { bytesPerSecond: 1_048_576, operationsPerSecond: null };
  await drives.grow(vm(), 'disk1', 1024);
  await drives.limit(vm(), 'disk1', limits);
  await settle();
  expect([disks()[1], vm().disks[1]?.limits]).toEqual(['disk1 1024 in', limits]);
  await drives.detach(vm(), 'disk1');
  await drives.attach(vm(), 'disk1');
  await drives.detach(vm(), 'disk1');
  await settle();
  expect(disks()[1]).toBe('disk1 1024 out');
  await drives.remove(vm(), 'disk1');
  await settle();
  expect(disks()).toHaveLength(1);
  expect(new Set(stores.operations.recent.map(({ kind }) => kind))).toEqual(
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
    await drives.boot(vm(), { firmware: 'uefi' }),
    await drives.insert(vm(), 'cd0', vm().image),
  ];
  await settle();
  expect(refused.map((outcome) => (outcome.ok ? 'done' : outcome.error.code))).toEqual([
    'DISK_IS_BOOT',
    'DISK_NOT_FOUND',
    'DISK_CANNOT_SHRINK',
    'VM_MUST_BE_STOPPED',
    'IMAGE_WRONG_KIND',
  ]);
  expect(disks()).toEqual(before);
});

test('a medium goes in and out; firmware and boot order change while the machine stands still', async () => {
  const { stores, world, vm } = await started();
  const image = world.images.get('qemu:tiny-1:default') ?? expect.unreachable('there is no image');
  world.images.set('qemu:net:iso', { ...image, name: 'qemu:net:iso', kind: 'iso' });
  await stores.drives.insert(vm(), 'cd1', 'qemu:net:iso');
  await settle();
  expect(vm().cds[1]?.medium).toBe('qemu:net:iso');
  await stores.drives.eject(vm(), 'cd1');
  await stores.vms.stopVm(vm().id);
  await settle();
  await stores.drives.boot(vm(), { firmware: 'uefi' });
  await stores.drives.boot(vm(), { bootFrom: 'cd' });
  await settle();
  expect([vm().cds[1]?.medium, vm().firmware, vm().bootFrom]).toEqual([null, 'uefi', 'cd']);
});
