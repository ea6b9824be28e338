// The verbs of an ENV against an agent with fake drivers.
import { afterEach, expect, test } from 'vitest';
import { startTestStores, type TestStores } from '../testing/test-stores.ts';

let running: TestStores;
afterEach(() => running.stop());

test('create, stop, start, delete', async () => {
  running = await startTestStores({ empty: true });
  const { stores, settle } = running;
  const created = await stores.envs.createEnv({ name: 'demo', groups: [{ osPrefix: 'tiny', copies: 2 }] });
  await settle();
  expect(created.ok).toBe(true);
  expect(stores.envs.get('demo')?.state).toBe('running');
  expect(stores.vms.ofEnv('demo').map(({ name }) => name)).toEqual(['demo/tiny-1-1', 'demo/tiny-1-2']);
  await stores.envs.stopEnv('demo');
  await settle();
  expect(stores.envs.get('demo')?.state).toBe('stopped');
  await stores.envs.startEnv('demo');
  await settle();
  expect(stores.envs.get('demo')?.state).toBe('running');
  await stores.envs.deleteEnvs(['demo']);
  await settle();
  expect(stores.envs.all).toEqual([]);
  expect(stores.toasts.shown.at(-1)?.text).toBe('demo deleted');
});

test('a refused create comes back to the caller, without a toast', async () => {
  running = await startTestStores();
  const { stores } = running;
  const outcome = await stores.envs.createEnv({ name: 'tiny', groups: [{ osPrefix: 'tiny' }] });
  expect(outcome.ok ? null : outcome.error.code).toBe('ENV_NAME_TAKEN');
  expect(stores.toasts.shown).toEqual([]);
});

test('+1 h moves the end by an hour; over the limit it says so', async () => {
  running = await startTestStores();
  const { stores, settle } = running;
  const before = Date.parse(stores.envs.get('tiny')?.endAt ?? '');
  await stores.envs.extendEnv('tiny', 3600);
  await settle();
  expect(Date.parse(stores.envs.get('tiny')?.endAt ?? '') - before).toBeCloseTo(3_600_000, -4);
  await stores.envs.extendEnv('tiny', 6 * 3600);
  expect(stores.toasts.shown.at(-1)?.error?.code).toBe('LIFETIME_TOO_LONG');
});

test('the next expiry is the one that ends first', async () => {
  running = await startTestStores();
  expect(running.stores.envs.nextExpiry?.name).toBe('kernel-bisect');
});

test('on a host with a bin a deleted ENV is there, comes back by Undo, and can be purged', async () => {
  running = await startTestStores();
  const { stores, settle, agent } = running;
  await agent.configure({ keepDeletedS: 3_600 });
  await stores.envs.deleteEnvs(['tiny']);
  await settle();
  expect([stores.envs.get('tiny'), stores.envs.inBin.map(({ name }) => name)]).toEqual([undefined, ['tiny']]);
  expect(stores.envs.takenNames).toContain('tiny');
  const toast = stores.toasts.shown.at(-1);
  expect([toast?.text, toast?.action?.label]).toEqual(['tiny deleted', 'Undo']);
  await stores.envs.restoreEnvs(['tiny']);
  await settle();
  expect([stores.envs.get('tiny')?.state, stores.envs.inBin]).toEqual(['stopped', []]);
  await stores.envs.deleteEnvs(['tiny']);
  await stores.envs.purgeEnvs(['tiny']);
  await settle();
  expect(stores.envs.takenNames).not.toContain('tiny');
  expect(stores.toasts.shown.at(-1)?.text).toBe('tiny deleted for ever');
});

test('a purge that is refused says so, and tells of no other', async () => {
  running = await startTestStores();
  const { stores } = running;
  await stores.envs.purgeEnvs(['tiny']);
  expect(stores.toasts.shown.at(-1)?.error?.code).toBe('ENV_NOT_DELETED');
});
