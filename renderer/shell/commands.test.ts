// The palette finds places, machines and verbs; what can be dragged can be typed.
import { autorun } from 'mobx';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seededRandom } from '../../agent/testing/relay.ts';
import { setLanguage, translate } from '../i18n/index.ts';
import { startTestStores, type TestStores } from '../testing/test-stores.ts';
import { type Command, commandGroups } from './command.ts';
import { PaletteCommands } from './commands.ts';

let running: TestStores;
beforeAll(async () => {
  running = await startTestStores({ withSnapshot: true });
}, 60_000);
afterAll(() => running.stop());

const palette = () => new PaletteCommands(running.stores, translate);

function find(query: string, recentIds: readonly string[] = []): Command[] {
  return palette()
    .shown(query, recentIds, 10_000)
    .flatMap(({ commands }) => commands);
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
  const all = () => palette().all();
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
  const all = palette().all();
  const shown = find('', ['keys', 'gone', 'dark']);
  expect(shown.slice(0, 2).map(({ id, group }) => [id, group])).toEqual([
    ['keys', 'recent'],
    ['dark', 'recent'],
  ]);
  expect(shown).toHaveLength(all.length);
  const themes = (recent: string[]) =>
    find('theme', recent)
      .filter(({ id }) => ['light', 'dark', 'system'].includes(id))
      .map(({ id }) => id);
  expect(themes(['system', 'dark'])).toEqual(['system', 'dark', 'light']);
});

test('what can be done to an ENV, a machine and a snapshot is called so', () => {
  const { vms, snapshots } = running.stores;
  const vm = vms.ofEnv('checkout').find(({ name }) => name.endsWith('debian-12-1'));
  const [snapshot] = snapshots.ofEnv('checkout');
  const labels = (of: string) =>
    palette()
      .all()
      .filter(({ id }) => id.endsWith(`:${of}`))
      .map(({ label }) => label);
  expect(labels('checkout')).toEqual([
    'checkout',
    translate('shell.palette.snapshotEnv', { env: 'checkout' }),
    translate('wall.open', { env: 'checkout' }),
    translate('shell.palette.runIn', { env: 'checkout' }),
    translate('guestFiles.pushTo', { name: 'checkout' }),
    translate('shell.palette.startEnv', { env: 'checkout' }),
    translate('shell.palette.stopEnv', { env: 'checkout' }),
    translate('envs.addHourLong', { env: 'checkout' }),
    translate('shell.palette.lifetime', { env: 'checkout' }),
    translate('shell.palette.editEnv', { env: 'checkout' }),
    translate('shell.palette.addMachines', { env: 'checkout' }),
    translate('shell.palette.changeMachines', { env: 'checkout' }),
    translate('shell.palette.removeMachines', { env: 'checkout' }),
    translate('copies.cloneTitle', { env: 'checkout' }),
    translate('copies.capsule.exportTitle', { env: 'checkout' }),
    translate('cloudInit.keyTitle', { env: 'checkout' }),
    translate('shell.palette.deleteEnv', { env: 'checkout' }),
  ]);
  expect(labels('handover')).toContain(translate('endings.extendLong', { env: 'handover' }));
  const named = { vm: 'checkout/debian-12-1' };
  expect(labels(vm?.id ?? '')).toEqual([
    translate('shell.palette.openConsole', named),
    translate('panes.openOf', named),
    translate('shell.palette.openShell', named),
    translate('shell.palette.snapshotVm', named),
    translate('machines.revertOf', named),
    translate('guestFiles.of', named),
    translate('guestFiles.pushTo', { name: named.vm }),
  ]);
  expect(labels(snapshot?.id ?? '')).toEqual([
    translate('shell.palette.revertAll', { env: 'checkout', snapshot: 'clean' }),
    translate('shell.palette.fork', { env: 'checkout', snapshot: 'clean' }),
  ]);
});

/** What is shown, by working out all there is and looking through it. */
function workedOutWholly(query: string, recentIds: readonly string[], most: number): Command[] {
  const all = palette().all();
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const recent = recentIds.flatMap((id) => all.filter((known) => known.id === id));
  const rankOf = ({ id, label, whyNot }: Command) => {
    const text = label.toLowerCase();
    const own = text.split(/[\s/“”"'(:-]+/);
    const place = recentIds.indexOf(id);
    return [
      whyNot === null ? 0 : 1,
      text.startsWith(words.join(' ')) ? 0 : 1,
      words.every((word) => own.some((one) => one.startsWith(word))) ? 0 : 1,
      place === -1 ? recentIds.length : place,
    ];
  };
  const compare = (a: number[], b: number[]) => {
    const differing = a.findIndex((value, index) => value !== b[index]);
    return differing === -1 ? 0 : (a[differing] ?? 0) - (b[differing] ?? 0);
  };
  const found =
    words.length === 0
      ? [
          ...recent.map((command) => ({ ...command, group: 'recent' as const })),
          ...all.filter(({ id }) => !recentIds.includes(id)),
        ]
      : all
          .filter(({ label }) => words.every((word) => label.toLowerCase().includes(word)))
          .toSorted((a, b) => compare(rankOf(a), rankOf(b)));
  return commandGroups.flatMap((group) => found.filter((command) => command.group === group).slice(0, most));
}

test.for(['en', 'zh-CN'] as const)('what is shown is what working out everything would show, in %s', (language) => {
  setLanguage(language);
  try {
    const all = palette().all();
    const random = seededRandom(7);
    const below = (count: number) => Math.floor(random() * count);
    const said = ({ id, group, label, shortcut, whyNot }: Command) => ({ id, group, label, shortcut, whyNot });
    let hits = 0;
    for (let round = 0; round < 150; round++) {
      // Pieces of a label in another order, now and then with one of another.
      const words = Array.from({ length: below(4) }, (_, index) => {
        const label = all[(round * 31 + (index > 1 ? below(all.length) : 0)) % all.length]?.label ?? '';
        const word = label.split(' ')[below(label.split(' ').length)] ?? '';
        const from = random() < 0.6 ? 0 : below(word.length);
        return word.slice(from, from + 1 + below(6));
      });
      const query = words.join(random() < 0.1 ? '  ' : ' ');
      const recentIds = [...new Set(Array.from({ length: below(6) }, () => all[below(all.length)]?.id ?? 'gone'))];
      const most = 1 + below(10);
      const shown = palette()
        .shown(query, recentIds, most)
        .flatMap(({ commands }) => commands);
      expect(shown.map(said), query).toEqual(workedOutWholly(query, recentIds, most).map(said));
      hits += shown.length;
    }
    expect(hits).toBeGreaterThan(500);
  } finally {
    setLanguage('en');
  }
});

test('a name that comes while it is open is found, with what can be done then', () => {
  const { envs } = running.stores;
  const [env] = envs.all;
  if (!env) throw new Error('there is no ENV');
  const open = palette();
  let labels: string[] = [];
  const close = autorun(() => {
    labels = open.shown('open-late', [], 8).flatMap(({ commands }) => commands.map(({ label }) => label));
  });
  expect(labels).toEqual([]);
  envs.items.put({ ...env, name: 'open-late', expired: false });
  expect(labels[0]).toBe('open-late');
  const extending = () =>
    open
      .shown(translate('envs.addHourLong', { env: 'open-late' }), [], 8)
      .flatMap(({ commands }) => commands.map(({ label }) => label));
  expect(extending()).toEqual([translate('envs.addHourLong', { env: 'open-late' })]);
  envs.items.put({ ...env, name: 'open-late', expired: true });
  expect(extending()).toEqual([translate('endings.extendLong', { env: 'open-late' })]);
  envs.items.remove('open-late');
  expect(labels).toEqual([]);
  close();
});
