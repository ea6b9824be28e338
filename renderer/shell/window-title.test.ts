// A list of windows tells them apart.
import { afterEach, expect, test } from 'vitest';
import { translate } from '../i18n/index.ts';
import { startTestStores, type TestStores } from '../testing/test-stores.ts';
import { windowTitle } from './window-title.ts';

let running: TestStores;
afterEach(() => running.stop());

test('says what is shown: a page, an ENV, a machine', async () => {
  running = await startTestStores();
  const { stores } = running;
  const title = () => windowTitle(stores, translate);
  stores.view.go({ page: 'images' });
  expect(title()).toBe('Images · TT');
  stores.view.goToEnv('tiny', 'events');
  expect(title()).toBe('tiny · TT');
  const [vm] = stores.vms.ofEnv('tiny');
  if (!vm) throw new Error('tiny has no machine');
  stores.view.go({ page: 'console', envName: 'tiny', vmId: vm.id });
  expect(title()).toMatch(/^tiny\/\S+ · TT$/);
  stores.view.go({ page: 'console', envName: 'tiny', vmId: 'gone' });
  expect(title()).toBe('tiny · TT');
  stores.view.go({ page: 'help' });
  expect(title()).toBe('Help · TT');
  stores.session.enter('login');
  expect(title()).toBe('TT');
});
