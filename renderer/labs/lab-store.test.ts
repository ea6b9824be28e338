// Labs in the window's stores: sessions are read off ENVs and machines, verbs become calls.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { until } from '../../agent/testing/until.ts';
import { startTestStores, type TestStores } from '../testing/test-stores.ts';

let world: TestStores;
beforeEach(async () => {
  world = await startTestStores({ empty: true });
  const { labs } = world.stores;
  await labs.createProfile({ name: 'office', image: 'tiny' });
  await labs.createLab({ name: 'room', profileNames: ['office'], seats: 2 });
});
afterEach(() => world.stop());

test('sessions are told with their machine’s state and who is connected', async () => {
  const { stores, link } = world;
  expect(await stores.labs.startSession({ name: 'room' })).toMatchObject({ ok: true });
  await world.settle();
  const [session] = stores.labs.sessionsOf('room');
  expect(session).toMatchObject({ sessionName: 'seat-1', state: 'running', version: 1, viewers: 0 });
  for (const kind of ['vnc', 'serial'] as const) {
    const { ticket } = await link.client.console.open({ vmId: session?.vmId ?? '', kind });
    link.openStream(ticket);
  }
  await until('both viewers are shown', () => stores.labs.sessionsOf('room')[0]?.viewers === 2);
  expect(stores.labs.sessionsOf('room')[0]?.viewers).toBe(2);
  await stores.labs.stopSession('room', 'seat-1');
  await world.settle();
  expect(stores.labs.sessionsOf('room')).toEqual([]);
});

test('a profile that is open for change is known by the ENV of that, and starts nothing', async () => {
  const { labs } = world.stores;
  await labs.startSession({ name: 'room' });
  await world.settle();
  expect(labs.clientsOf('office')).toHaveLength(1);
  expect(await labs.openAdmin('office', false)).toMatchObject({ ok: false, error: { code: 'PROFILE_CLIENTS_RUN' } });
  expect(await labs.openAdmin('office', true)).toMatchObject({ ok: true });
  await world.settle();
  expect([labs.adminEnvOf('office')?.name, labs.clientsOf('office')]).toEqual(['admin-office', []]);
  expect(await labs.startSession({ name: 'room' })).toMatchObject({
    ok: false,
    error: { code: 'PROFILE_IN_ADMIN_SESSION' },
  });
  expect(await labs.publish('office', 'new', false)).toMatchObject({ ok: true, value: { version: 2 } });
  await world.settle();
  expect([labs.adminEnvOf('office'), labs.profiles.get('office')?.version]).toEqual([undefined, 2]);
});
