// Warnings before the end: none is lost when several end together, each goes when it no longer holds.
import { afterEach, expect, test } from 'vitest';
import { startTestStores, type TestStores } from '../testing/test-stores.ts';

let running: TestStores;
afterEach(() => running.stop());

/** As the agent warns: `seconds` before the end of each. */
async function warn(seconds: number, ...names: string[]) {
  for (const name of names) {
    const env = running.stores.envs.get(name);
    if (env) running.link.say('env.ending', { name, endAt: env.endAt, endPolicy: env.endPolicy, endsInS: seconds });
  }
  await running.settle();
}

const shown = () => running.stores.endings.shown.map(({ name, endsInS }) => `${name} ${endsInS}`);

test('several that end together are all warned of, soonest first; a later warning takes the place of an earlier', async () => {
  running = await startTestStores();
  running.stores.endings.dismiss('kernel-bisect');
  await warn(900, 'checkout', 'tiny', 'upgrade-path');
  expect(shown()).toEqual(['upgrade-path 900', 'tiny 900', 'checkout 900']);
  await warn(300, 'tiny');
  expect(shown()).toEqual(['upgrade-path 900', 'tiny 300', 'checkout 900']);
});

test('goes when the ENV is extended, out of time or deleted', async () => {
  running = await startTestStores();
  const { stores, link } = running;
  stores.endings.dismiss('kernel-bisect');
  await warn(60, 'checkout', 'tiny', 'upgrade-path');
  await stores.envs.extendEnv('tiny', 3600);
  await running.settle();
  expect(shown()).toEqual(['upgrade-path 60', 'checkout 60']);
  const checkout = stores.envs.get('checkout');
  if (checkout) link.say('env.updated', { ...checkout, expired: true });
  await stores.envs.deleteEnvs(['upgrade-path']);
  await running.settle();
  expect(shown()).toEqual([]);
});

test('put aside it comes back with the next warning', async () => {
  running = await startTestStores();
  const { stores } = running;
  stores.endings.dismiss('kernel-bisect');
  await warn(900, 'tiny');
  stores.endings.dismiss('tiny');
  expect(shown()).toEqual([]);
  await warn(300, 'tiny');
  expect(shown()).toEqual(['tiny 300']);
});

test('a window that missed the warning gives it itself, once', async () => {
  running = await startTestStores();
  const { endings, envs } = running.stores;
  expect(endings.shown.map(({ name }) => name)).toEqual(['kernel-bisect']);
  endings.dismiss('kernel-bisect');
  endings.noteMissed(envs.all);
  expect(shown()).toEqual([]);
});

test('other people’s ENVs are not warned of', async () => {
  running = await startTestStores();
  const { stores } = running;
  running.becomeOther();
  await stores.me.load();
  await warn(300, 'tiny');
  expect(shown()).toEqual([]);
});
