// A drop is the snapshot: taken at once under a suggested name, named afterwards, deleted again by Undo.
import { afterEach, expect, test } from 'vitest';
import { until } from '../../agent/testing/until.ts';
import { translate } from '../i18n/index.ts';
import { startTestStores, type TestStores } from '../testing/test-stores.ts';
import { undoAction } from './actions.ts';
import { runVerb } from './run-verb.ts';

let running: TestStores;
afterEach(() => running.stop());

async function tiny() {
  running = await startTestStores();
  const { stores } = running;
  const names = () => stores.snapshots.ofEnv('tiny').map(({ name }) => name);
  return { stores, names };
}

test('what is dropped on the shelf is snapshotted without a question, and then asks for its name', async () => {
  const { stores, names } = await tiny();
  runVerb(stores, { do: 'snapshotEnv', envName: 'tiny', vmCount: 1 });
  await until('it is taken', () => names().length === 1);
  expect([stores.view.dialog, names(), stores.takes.naming?.name]).toEqual([null, ['clean'], 'clean']);
  expect(await stores.takes.nameIt('installed')).toBeNull();
  await running.settle();
  expect([names(), stores.takes.naming]).toEqual([['installed'], null]);
});

test('a machine alone is snapshotted alone', async () => {
  const { stores } = await tiny();
  const [vm] = stores.vms.ofEnv('tiny');
  await stores.takes.takeNow({ envName: 'tiny', vmId: vm?.id ?? '', isNamed: false });
  await running.settle();
  expect(stores.snapshots.ofEnv('tiny')).toMatchObject([{ name: 'clean', scope: 'vm', vms: [{ vmId: vm?.id }] }]);
  expect(stores.takes.naming).toBeNull();
});

test('Undo deletes it again, also under the name it was given meanwhile, and Ctrl-Z does the same', async () => {
  const { stores, names } = await tiny();
  await stores.takes.takeNow({ envName: 'tiny', vmId: null, isNamed: true });
  await stores.takes.nameIt('installed');
  await running.settle();
  // A new name is no other change: the message stays.
  expect(stores.toasts.shown.at(-1)).toMatchObject({
    text: expect.stringMatching(/^Snapshot “clean” taken/),
    seconds: 10,
  });
  expect(undoAction(stores, translate)?.id).toBe('undoTake');
  stores.toasts.shown.at(-1)?.action?.run();
  await running.settle();
  expect([names(), stores.takes.undoable, undoAction(stores, translate)]).toEqual([[], null, null]);

  await stores.takes.takeNow({ envName: 'tiny', vmId: null, isNamed: true });
  await running.settle();
  undoAction(stores, translate)?.run();
  await running.settle();
  expect([names(), stores.takes.naming]).toEqual([[], null]);
});

test('the next change to the ENV ends the time for undoing; one to another ENV does not', async () => {
  const { stores } = await tiny();
  await stores.takes.takeNow({ envName: 'tiny', vmId: null, isNamed: false });
  await running.settle();
  await stores.envs.stopEnv('checkout');
  await running.settle();
  expect(stores.takes.undoable).not.toBeNull();
  await stores.envs.stopEnv('tiny');
  await running.settle();
  expect(stores.takes.undoable).toBeNull();
});

test('of a revert and a snapshot, Ctrl-Z takes the later one back', async () => {
  running = await startTestStores({ withSnapshot: true });
  const { stores } = running;
  await stores.takes.takeNow({ envName: 'tiny', vmId: null, isNamed: false });
  await running.settle();
  expect(undoAction(stores, translate)?.id).toBe('undoTake');
  const [clean] = stores.snapshots.ofEnv('checkout');
  if (!clean) throw new Error('checkout has no snapshot');
  await stores.snapshots.revert(clean, null);
  expect(undoAction(stores, translate)?.id).toBe('undo');
  await stores.takes.takeNow({ envName: 'tiny', vmId: null, isNamed: false });
  await running.settle();
  expect(undoAction(stores, translate)?.id).toBe('undoTake');
});

test('a name that is taken is refused where it is typed, and the field stays', async () => {
  const { stores, names } = await tiny();
  await stores.takes.takeNow({ envName: 'tiny', vmId: null, isNamed: false });
  await running.settle();
  await stores.takes.takeNow({ envName: 'tiny', vmId: null, isNamed: true });
  await running.settle();
  expect((await stores.takes.nameIt('clean'))?.code).toBe('SNAPSHOT_NAME_TAKEN');
  expect([names(), stores.takes.naming?.name]).toEqual([['clean', 'step-2'], 'step-2']);
});

test('one that is still being saved gets its name once it is whole', async () => {
  const { stores, names } = await tiny();
  const hold = running.agent.engine.holdNext('beginSave');
  await stores.takes.takeNow({ envName: 'tiny', vmId: null, isNamed: true });
  await hold.reached;
  const named = stores.takes.nameIt('installed');
  expect([names(), stores.takes.naming?.name]).toEqual([[], 'clean']);
  hold.release();
  expect(await named).toBeNull();
  await running.settle();
  expect(names()).toEqual(['installed']);
});

test('of one that is cancelled nothing is left to name', async () => {
  const { stores, names } = await tiny();
  const hold = running.agent.engine.holdNext('beginSave');
  await stores.takes.takeNow({ envName: 'tiny', vmId: null, isNamed: true });
  await hold.reached;
  const [operation] = stores.operations.runningFor({ envName: 'tiny' });
  await stores.operations.cancel(operation?.id ?? '');
  await until('it is over', () => stores.takes.naming === null);
  await running.settle();
  expect([names(), stores.takes.undoable]).toEqual([[], null]);
});

test('whoever leaves the field while it is being saved gets the suggested name', async () => {
  const { stores, names } = await tiny();
  const hold = running.agent.engine.holdNext('beginSave');
  await stores.takes.takeNow({ envName: 'tiny', vmId: null, isNamed: true });
  await hold.reached;
  const named = stores.takes.nameIt('installed');
  stores.takes.endNaming();
  hold.release();
  expect(await named).toBeNull();
  await running.settle();
  expect(names()).toEqual(['clean']);
});

test('Undo before the snapshot is whole takes it back then: it is cancelled, or deleted', async () => {
  const { stores, names } = await tiny();
  const hold = running.agent.engine.holdNext('beginSave');
  await stores.takes.takeNow({ envName: 'tiny', vmId: null, isNamed: true });
  await hold.reached;
  expect(undoAction(stores, translate)).toMatchObject({ id: 'undoTake', whyNot: null });
  undoAction(stores, translate)?.run();
  // Once is enough.
  expect([stores.takes.naming, undoAction(stores, translate)]).toEqual([null, null]);
  expect(stores.toasts.shown.at(-1)?.text).toMatch(/^Undo: snapshot “clean” is cancelled/);
  hold.release();
  await running.settle();
  await until('the call has answered', () => stores.takes.taking === null);
  await running.settle();
  expect([names(), stores.takes.undoable]).toEqual([[], null]);
});

test('one that can no longer be cancelled is deleted once its call has answered', async () => {
  const { stores, names } = await tiny();
  const taken = stores.takes.takeNow({ envName: 'tiny', vmId: null, isNamed: false });
  // It is there before that.
  await until('it is there', () => names().length === 1 || stores.takes.undoable !== null);
  undoAction(stores, translate)?.run();
  await taken;
  await until('it is deleted', () => names().length === 0);
  await running.settle();
  expect([names(), stores.takes.taking, stores.takes.undoable]).toEqual([[], null, null]);
});

test('a suggested name that somebody else has just taken gives way to the next one', async () => {
  const { stores } = await tiny();
  await running.agent.client.snapshot.create({ envName: 'tiny', name: 'clean' });
  await running.settle();
  // As if it had not come here yet.
  for (const { id } of stores.snapshots.ofEnv('tiny')) stores.snapshots.items.remove(id);
  await stores.takes.takeNow({ envName: 'tiny', vmId: null, isNamed: true });
  await running.settle();
  const { snapshots } = await running.agent.client.snapshot.list({ envName: 'tiny' });
  expect(snapshots.map(({ name }) => name)).toEqual(['clean', 'step-1']);
  expect(stores.takes.naming?.name).toBe('step-1');
  expect(stores.toasts.shown.filter(({ tone }) => tone === 'danger')).toEqual([]);
});
