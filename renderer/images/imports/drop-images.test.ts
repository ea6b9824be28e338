// What a drop on the Images page means: one file is asked about, several begin, a folder or a lost link says why nothing happens.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { translate } from '../../i18n/index.ts';
import { startTestStores, type TestStores } from '../../testing/test-stores.ts';
import { filesOf, takeImageFiles } from './drop-images.ts';
import { diskFile } from './test-disk-file.ts';

let running: TestStores;
beforeAll(async () => {
  running = await startTestStores({ empty: true });
});
afterAll(() => running.stop());

test('one file is asked about, with its name', () => {
  const { stores } = running;
  const file = diskFile('disk.qcow2', 1000);
  takeImageFiles(stores, [file], translate);
  expect(stores.view.dialog).toEqual({ kind: 'importImage', file });
  stores.view.close();
  expect(stores.imports.all).toEqual([]);
});

test('several begin at once, each under a name that is free', async () => {
  const { stores } = running;
  takeImageFiles(stores, [diskFile('a.qcow2', 1000), diskFile('a.raw', 1000)], translate);
  expect(stores.view.dialog).toBeNull();
  expect(stores.imports.all.map(({ request }) => request.name)).toEqual(['qemu:a:default', 'qemu:a:default-2']);
  await expect.poll(() => stores.imports.all).toEqual([]);
  await running.settle();
  expect(stores.images.isThere('qemu:a:default-2')).toBe(true);
});

test('a folder is no image, and says so', async () => {
  const { stores } = running;
  const items = [{ kind: 'directory', name: 'images', getEntries: () => [] }] as never[];
  takeImageFiles(stores, await filesOf(items), translate);
  expect(stores.toasts.all.at(-1)?.text).toBe(translate('images.imports.noFile'));
});

test('without a link nothing begins', async () => {
  const { stores, link } = running;
  link.cut();
  await expect.poll(() => stores.link.up).toBe(false);
  takeImageFiles(stores, [diskFile('b.qcow2', 1000)], translate);
  expect([stores.view.dialog, stores.imports.all]).toEqual([null, []]);
  link.restore();
  await running.settle();
});
