// A menu does what a button does, and refuses what it refuses.
import { TtError } from '@tt/protocol';
import { afterEach, expect, test } from 'vitest';
import { startTestStores, type TestStores } from '../testing/test-stores.ts';
import { carryOut } from './desktop-commands.ts';

let running: TestStores;
afterEach(() => running.stop());

test('goes to views, opens dialogs, and says why not', async () => {
  running = await startTestStores();
  const { stores } = running;
  const { view, toasts, shelf, link } = stores;
  carryOut(stores, { go: '#/envs/tiny/events' });
  expect(view.route).toEqual({ page: 'env', envName: 'tiny', tab: 'events' });
  carryOut(stores, { run: 'palette' });
  expect(view.dialog).toEqual({ kind: 'palette' });
  // A notification that was clicked leads there, whatever was open.
  carryOut(stores, { go: 'javascript:alert(1)' });
  expect([view.route, view.dialog]).toEqual([{ page: 'envs' }, null]);
  const { isOpen } = shelf;
  carryOut(stores, { run: 'shelf' });
  expect(shelf.isOpen).toBe(!isOpen);
  carryOut(stores, { run: 'keys' });
  expect(view.dialog).toEqual({ kind: 'keys' });
  view.close();
  // What was typed into a dialog is not lost to a menu.
  view.open({ kind: 'firewall' });
  for (const command of [{ go: '#/images' }, { run: 'newEnv' }, { run: 'keys' }] as const) carryOut(stores, command);
  expect([view.route, view.dialog]).toEqual([{ page: 'envs' }, { kind: 'firewall' }]);
  expect(toasts.shown.map(({ text }) => text)).toEqual(['Close the open dialog first']);
  toasts.closeAll();
  view.close();
  link.apply({ up: false, error: new TtError('AGENT_GONE', { call: 'x' }), retryAt: null });
  carryOut(stores, { run: 'newEnv' });
  expect([view.dialog, toasts.shown.map(({ text }) => text)]).toEqual([null, ['New ENV: Not connected to the agent']]);
  carryOut(stores, { explain: 'demo was not extended: NOT_ALLOWED' });
  expect(toasts.shown.at(-1)?.text).toBe('demo was not extended: NOT_ALLOWED');
});
