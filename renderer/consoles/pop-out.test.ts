// A console is opened in a window of its own by its address; what can't be opened is said.
import { afterEach, expect, test, vi } from 'vitest';
import { startTestStores, type TestStores } from '../testing/test-stores.ts';
import { popOut } from './pop-out.ts';

let running: TestStores;
afterEach(() => running.stop());

test('a console has an address of its own, with nothing around it', async () => {
  running = await startTestStores();
  const { stores, link } = running;
  const [vm] = stores.vms.ofEnv('tiny');
  if (!vm) throw new Error('no VM');
  const wanted = { vmId: vm.id, envName: vm.envName, tab: 'serial' as const };
  expect(await popOut(stores, wanted)).toBe(true);
  expect(link.windows).toEqual([`#/envs/tiny/console/${vm.id}/serial/alone`]);
  expect(stores.toasts.shown).toEqual([]);
  vi.spyOn(link, 'openWindow').mockResolvedValue(false);
  expect(await popOut(stores, wanted)).toBe(false);
  expect(stores.toasts.shown.at(-1)?.text).toMatch(/^No window for tiny-/);
});
