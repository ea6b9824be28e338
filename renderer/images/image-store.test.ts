// Images in the window's store, against an agent with fake drivers: they are renamed, deleted unless they are used, and published.
import { afterEach, expect, test } from 'vitest';
import { startTestStores, type TestStores } from '../testing/test-stores.ts';
import { diskFile } from './imports/test-disk-file.ts';

let running: TestStores;
afterEach(() => running.stop());

const name = 'qemu:Mine-1:default';

test('an image is renamed, and deleted under its new name', async () => {
  running = await startTestStores();
  const { images, imports } = running.stores;
  expect(await imports.begin(diskFile('Mine-1.qcow2', 600_000), { name, memo: 'Ours' })).toBe(true);
  await running.settle();
  expect(images.items.get(name)).toMatchObject({ state: 'ready', memo: 'Ours', owner: 'mei' });
  await images.rename(name, 'qemu:Mine-2:default');
  await running.settle();
  expect([images.items.get(name), images.items.get('qemu:Mine-2:default')?.state]).toEqual([undefined, 'ready']);
  await images.remove('qemu:Mine-2:default');
  await running.settle();
  expect(images.items.get('qemu:Mine-2:default')).toBeUndefined();
});

test('one that is used is not deleted, and who uses it can be asked', async () => {
  running = await startTestStores();
  const { images, toasts } = running.stores;
  const used = 'qemu:tiny-1:default';
  expect((await images.usersOf(used)).length).toBeGreaterThan(0);
  await images.remove(used);
  expect(toasts.shown.map(({ error }) => error?.code)).toEqual(['IMAGE_IN_USE']);
  expect(images.items.get(used)?.state).toBe('ready');
});

test('a machine is published as an image', async () => {
  running = await startTestStores();
  const { images, vms } = running.stores;
  const [vm] = vms.ofEnv('tiny');
  if (!vm) throw new Error('there is no such machine');
  await vms.stopVm(vm.id);
  await images.publish(vm, null, { name });
  await running.settle();
  expect(images.items.get(name)?.state).toBe('ready');
});
