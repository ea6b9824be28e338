// Taking snapshots, reverting at once, and undoing that.
import { afterEach, expect, test } from 'vitest';
import { startTestStores, type TestStores } from '../testing/test-stores.ts';

let running: TestStores;
afterEach(() => running.stop());

async function clean() {
  running = await startTestStores({ withSnapshot: true });
  const { stores } = running;
  const [snapshot] = stores.snapshots.ofEnv('checkout');
  if (!snapshot) throw new Error('no snapshot');
  return { stores, snapshot };
}

test('a revert acts at once and offers Undo; undoing applies the safety snapshot without another', async () => {
  const { stores, snapshot } = await clean();
  await stores.snapshots.revert(snapshot, null);
  await running.settle();
  const safety = stores.snapshots.undoable?.safetySnapshotName;
  expect(stores.snapshots.ofEnv('checkout').at(-1)).toMatchObject({ name: safety, kind: 'safety' });
  expect(stores.toasts.shown.at(-1)).toMatchObject({ text: '6 machines reverted to “clean”', seconds: 10 });
  expect(stores.envs.get('checkout')?.currentSnapshotId).toBe(snapshot.id);
  const count = stores.snapshots.ofEnv('checkout').length;
  stores.toasts.shown.at(-1)?.action?.run();
  await running.settle();
  expect(stores.snapshots.undoable).toBeNull();
  expect(stores.snapshots.ofEnv('checkout')).toHaveLength(count);
  expect(stores.toasts.shown.at(-1)?.text).toBe('Undone: checkout is back to before “clean”');
});

test('one machine alone can be reverted; that is what the ENV was last reverted to', async () => {
  const { stores, snapshot } = await clean();
  const [vm] = stores.vms.ofEnv('checkout');
  await stores.snapshots.revert(snapshot, [vm?.id ?? '']);
  await running.settle();
  expect(stores.toasts.shown.at(-1)?.text).toBe('centos-7.1-1 reverted to “clean”');
  expect(stores.envs.get('checkout')?.currentSnapshotId).toBe(snapshot.id);
});

test('the next change to the ENV ends the time for undoing', async () => {
  const { stores, snapshot } = await clean();
  await stores.snapshots.revert(snapshot, null);
  await stores.envs.stopEnv('tiny');
  expect(stores.snapshots.undoable).not.toBeNull();
  await stores.envs.stopEnv('checkout');
  await running.settle();
  expect(stores.snapshots.undoable).toBeNull();
  expect(stores.toasts.shown.some(({ action }) => action !== null)).toBe(false);
});

test('events of the revert itself that arrive after its answer do not end the time for undoing', async () => {
  const { stores, snapshot } = await clean();
  await stores.snapshots.revert(snapshot, null);
  await running.settle();
  stores.snapshots.forgetUndo('checkout', stores.snapshots.undoable?.operationId);
  expect(stores.snapshots.undoable).not.toBeNull();
  stores.snapshots.forgetUndo('checkout', 'another operation');
  expect(stores.snapshots.undoable).toBeNull();
});

test('a taken name comes back to the dialog', async () => {
  const { stores } = await clean();
  const outcome = await stores.snapshots.takeSnapshot({ envName: 'checkout', name: 'clean' });
  expect(outcome.ok ? null : outcome.error.code).toBe('SNAPSHOT_NAME_TAKEN');
});
