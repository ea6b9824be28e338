// What may be done to a snapshot is said once, for its menu, its row and the palette.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isAllowed } from '../components/action.ts';
import { translate } from '../i18n/index.ts';
import { PaletteCommands } from '../shell/commands.ts';
import { startTestStores, type TestStores } from '../testing/test-stores.ts';
import { publishActions, snapshotActions, undoAction } from './actions.ts';

let running: TestStores;
beforeAll(async () => {
  running = await startTestStores({ withSnapshot: true });
});
afterAll(() => running.stop());

function clean() {
  const [snapshot] = running.stores.snapshots.ofEnv('checkout');
  if (!snapshot) throw new Error('checkout has no snapshot');
  return snapshot;
}

test('a snapshot of machines that are there can be reverted to, forked and published', () => {
  const refused = Object.values(snapshotActions(running.stores, clean(), translate)).filter((one) => !isAllowed(one));
  expect(refused.map(({ id, whyNot }) => [id, whyNot])).toEqual([['compare', 'noOther']]);
  expect(publishActions(running.stores, clean(), translate)).toHaveLength(clean().vms.length);
});

test('one whose machines were all deleted says so, in the palette too; it can still be changed and deleted', () => {
  const bare = { ...clean(), vms: clean().vms.map((vm) => ({ ...vm, removed: true })) };
  const can = snapshotActions(running.stores, bare, translate);
  expect(Object.values(can).map(({ id, whyNot }) => [id, whyNot])).toEqual([
    ['undo', 'noMachines'],
    ['revert', 'noMachines'],
    // `clean` is the only one.
    ['compare', 'noOther'],
    ['fork', 'noMachines'],
    ['export', 'noMachines'],
    ['rename', null],
    ['edit', null],
    ['delete', null],
  ]);
  expect(publishActions(running.stores, bare, translate)).toEqual([]);
  running.stores.snapshots.items.put(bare);
  const ofPalette = new PaletteCommands(running.stores, translate).all().filter(({ id }) => id.endsWith(`:${bare.id}`));
  expect(ofPalette.map(({ group, whyNot }) => [group, whyNot])).toEqual([
    ['snapshots', 'noMachines'],
    ['snapshots', 'noMachines'],
  ]);
});

test('without a revert and a snapshot there is nothing to take back', () => {
  expect(undoAction(running.stores, translate)).toBeNull();
});

test('without a link nothing of a snapshot is left', () => {
  running.link.cut();
  running.stores.link.pingFailed(new Error('cut'));
  expect(Object.values(snapshotActions(running.stores, clean(), translate)).filter(isAllowed)).toEqual([]);
});
