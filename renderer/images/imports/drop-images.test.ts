// What a drop means: on the Images page one file is asked about and several begin, elsewhere all begin; what is no image, a folder or a lost
// link says why nothing happens.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { translate } from '../../i18n/index.ts';
import { startTestStores, type TestStores } from '../../testing/test-stores.ts';
import { filesOf, importInBackground, takeImageFiles } from './drop-images.ts';
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

test('elsewhere an image begins at once and says under which name; what is none is refused, and not sent', async () => {
  const { stores } = running;
  const letter = new File(['Dear all'], 'letter.qcow2');
  const gone = {
    name: 'gone.raw',
    size: 8,
    slice: () => ({ arrayBuffer: () => Promise.reject(new Error()) }),
  };
  await importInBackground(stores, [letter, diskFile('web.img', 1000), gone], translate);
  expect(stores.imports.all.map(({ request }) => request.name)).toEqual(['qemu:web:default']);
  const said = stores.toasts.all.map(({ text }) => text).slice(-3);
  expect(said).toEqual([
    translate('images.imports.notImage', { file: 'letter.qcow2' }),
    translate('images.imports.unreadable', { file: 'gone.raw' }),
    'web.img is being imported as qemu:web:default',
  ]);
  stores.toasts.all.at(-1)?.action?.run();
  expect(stores.view.route).toEqual({ page: 'images' });
  await expect.poll(() => stores.imports.all).toEqual([]);
  await running.settle();
  expect(stores.images.isThere('qemu:web:default')).toBe(true);
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
