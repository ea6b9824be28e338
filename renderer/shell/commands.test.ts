// The palette finds places, machines and verbs; what can be dragged can be typed.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { translate } from '../i18n/index.ts';
import { startTestStores, type TestStores } from '../testing/test-stores.ts';
import { allCommands, findCommands, withRecent } from './commands.ts';

let running: TestStores;
beforeAll(async () => {
  running = await startTestStores({ withSnapshot: true });
}, 60_000);
afterAll(() => running.stop());

function find(query: string) {
  return findCommands(allCommands(running.stores, translate), query);
}

test('an ENV by its name comes before its verbs', () => {
  expect(find('tiny')[0]?.label).toBe('tiny');
});

test('every word must match, in any order', () => {
  const found = find('clean revert');
  expect(found.map(({ label }) => label)).toEqual(['Revert checkout to “clean”']);
});

test('running a command does it', () => {
  const [command] = find('console of checkout/debian-12-1');
  command?.run();
  expect(running.stores.view.route).toMatchObject({ page: 'console', envName: 'checkout' });
});

test('a shell in a machine is a tab of its console', () => {
  const [command] = find('shell in checkout/debian-12-1');
  command?.run();
  expect(running.stores.view.route).toMatchObject({ page: 'console', envName: 'checkout', tab: 'shell' });
});

test('a new ENV from a template is found by the name of that', async () => {
  expect(find('from template web')).toEqual([]);
  const { templates, view } = running.stores;
  expect(await templates.save({ name: 'web', text: 'groups: []\n', replaces: null })).toMatchObject({ ok: true });
  await running.settle();
  const [command] = find('from template web');
  expect([command?.group, command?.label]).toEqual(['commands', 'New ENV from template web']);
  command?.run();
  expect(view.dialog).toMatchObject({ kind: 'newEnv', template: 'web' });
});

test('an image that is there can be kept warm by its name', () => {
  const [command] = find('keep tiny-1 warm');
  expect([command?.group, command?.label]).toEqual(['images', 'Keep qemu:tiny-1:default warm']);
});

test('ids are unique', () => {
  const ids = find('').map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test('Administration is a place for administrators alone', async () => {
  const { me, view } = running.stores;
  const known = me.me;
  if (known === null) throw new Error('nobody is logged in');
  const places = () => find('admin').filter(({ id }) => id === 'go:administration');
  me.set({ ...known, role: 'user' });
  expect(places()).toEqual([]);
  me.set({ ...known, role: 'admin' });
  places()[0]?.run();
  expect(view.route).toEqual({ page: 'administration' });
});

test('every command has an icon, and a key only where the key does the same now', () => {
  const { view } = running.stores;
  view.go({ page: 'envs' });
  const all = () => allCommands(running.stores, translate);
  expect(new Set(all().map(({ icon }) => typeof icon))).toEqual(new Set(['object']));
  const keyOf = (id: string) => all().find((command) => command.id === id)?.shortcut;
  expect([keyOf('keys'), keyOf('shelf'), keyOf('go:help'), keyOf('snapshot:tiny')]).toEqual([
    '?',
    'Ctrl-.',
    'F1',
    undefined,
  ]);
  view.goToEnv('tiny');
  expect([keyOf('snapshot:tiny'), keyOf('snapshot:checkout')]).toEqual(['S', undefined]);
});

test('what was run last comes first while nothing is typed, once, and decides between what matches alike', () => {
  const all = allCommands(running.stores, translate);
  const shown = withRecent(all, ['keys', 'gone', 'dark']);
  expect(shown.slice(0, 2).map(({ id, group }) => [id, group])).toEqual([
    ['keys', 'recent'],
    ['dark', 'recent'],
  ]);
  expect(shown).toHaveLength(all.length);
  const themes = (recent: string[]) =>
    findCommands(all, 'theme', recent)
      .filter(({ id }) => ['light', 'dark', 'system'].includes(id))
      .map(({ id }) => id);
  expect(themes(['system', 'dark'])).toEqual(['system', 'dark', 'light']);
});
