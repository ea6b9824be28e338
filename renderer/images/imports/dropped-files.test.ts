// A capsule that is dropped on any page is asked about; without a link nothing begins.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { translate } from '../../i18n/index.ts';
import { diskFile } from './test-disk-file.ts';
import { startTestStores, type TestStores } from '../../testing/test-stores.ts';
import { takeDropped } from './dropped-files.ts';

let running: TestStores;

beforeAll(async () => {
  running = await startTestStores({ empty: true });
});
afterAll(() => running.stop());

test.each(['images', 'envs'] as const)(
  'a capsule is asked about on the page %s, a second one is left out',
  async (page) => {
    const { stores } = running;
    stores.view.go({ page });
    const capsule = diskFile('demo.TT-CAPSULE', 1000);
    await takeDropped(stores, [capsule, diskFile('other.tt-capsule', 1000)], translate);
    expect(stores.view.dialog).toEqual({ kind: 'importCapsule', file: capsule });
    expect(stores.imports.all).toEqual([]);
    expect(stores.toasts.all.at(-1)?.text).toBe(translate('shell.openOneByOne', { file: 'other.tt-capsule' }));
    stores.view.close();
  },
);

test('without a link no capsule is asked about', async () => {
  const { stores, link } = running;
  link.cut();
  await expect.poll(() => stores.link.up).toBe(false);
  await takeDropped(stores, [diskFile('b.tt-capsule', 1000)], translate);
  expect(stores.view.dialog).toBeNull();
  link.restore();
  await running.settle();
});
