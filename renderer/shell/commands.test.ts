// The palette finds places, machines and verbs; what can be dragged can be typed.
import { afterEach, expect, test } from 'vitest';
import { startTestStores, type TestStores } from '../fake/test-stores.ts';
import { translate } from '../i18n/index.ts';
import { allCommands, findCommands } from './commands.ts';

let running: TestStores;
afterEach(() => running.stop());

async function find(query: string) {
  running = await startTestStores();
  return findCommands(allCommands(running.stores, translate), query);
}

test('an ENV by its name comes before its verbs', async () => {
  expect((await find('tiny'))[0]?.label).toBe('tiny');
});

test('every word must match, in any order', async () => {
  const found = await find('clean put');
  expect(found.map(({ label }) => label)).toEqual(['Put checkout back to “clean”']);
});

test('running a command does it', async () => {
  const [command] = await find('console of checkout/debian-12-1');
  command?.run();
  expect(running.stores.view.route).toMatchObject({ page: 'console', envName: 'checkout' });
});

test('ids are unique', async () => {
  const ids = (await find('')).map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});
