// Images in the window's store, against an agent with fake drivers: a file is sent and made an image, one that is used is not deleted, and
// what machines can't be made from is not offered.
import { reaction } from 'mobx';
import { afterEach, expect, test } from 'vitest';
import { startTestStores, type TestStores } from '../testing/test-stores.ts';

let running: TestStores;
afterEach(() => running.stop());

const name = 'qemu:Mine-1:default';

test('a chosen file is sent with progress, then imported under the name that was given', async () => {
  running = await startTestStores();
  const { images } = running.stores;
  const seen: number[] = [];
  const stop = reaction(
    () => images.sending?.done,
    (done) => done !== undefined && seen.push(done),
  );
  const head = Uint8Array.from('QFI\u00fb disk of 64 MiB', (letter) => letter.charCodeAt(0));
  const file = new File([head, new Uint8Array(600_000 - head.length)], 'Mine-1.qcow2');
  expect(await images.importFile(file, { name, memo: 'Ours' })).toBe(true);
  stop();
  await running.settle();
  expect([images.sending, images.sendFailure, seen.at(-1)]).toEqual([null, null, 600_000]);
  expect(images.items.get(name)).toMatchObject({ state: 'ready', memo: 'Ours', owner: 'mei' });
  await images.rename(name, 'qemu:Mine-2:default');
  await running.settle();
  expect([images.items.get(name), images.items.get('qemu:Mine-2:default')?.state]).toEqual([undefined, 'ready']);
  await images.remove('qemu:Mine-2:default');
  await running.settle();
  expect(images.items.get('qemu:Mine-2:default')).toBeUndefined();
});

test('a link that is cut while a file is sent says why, and nothing is imported', async () => {
  running = await startTestStores();
  const { stores, link } = running;
  link.cut();
  expect(await stores.images.importFile(new File(['x'], 'x.raw'), { name })).toBe(false);
  expect([stores.images.sendFailure?.code, stores.images.sending]).toEqual(['AGENT_UNREACHABLE', null]);
  expect(stores.images.items.get(name)).toBeUndefined();
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
