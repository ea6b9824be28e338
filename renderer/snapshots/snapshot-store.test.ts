// Taking snapshots, reverting at once, and undoing that.
import { afterEach, expect, test } from 'vitest';
import { until } from '../../agent/testing/until.ts';
import { isAllowed } from '../components/action.ts';
import { envActions } from '../env/actions.ts';
import { translate } from '../i18n/index.ts';
import { vmActions } from '../machines/actions.ts';
import { startTestStores, type TestStores } from '../testing/test-stores.ts';
import { savingActions, snapshotActions, undoAction } from './actions.ts';
import { runVerb } from './run-verb.ts';
import { savingOf } from './saving.ts';

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

test('Undo before the revert is done takes it back then, once', async () => {
  const { stores, snapshot } = await clean();
  const before = stores.envs.get('checkout')?.currentSnapshotId;
  const reverted = stores.snapshots.revert(snapshot, null);
  expect(undoAction(stores, translate)).toMatchObject({ id: 'undo', whyNot: null });
  undoAction(stores, translate)?.run();
  expect(undoAction(stores, translate)).toBeNull();
  await reverted;
  await running.settle();
  expect(stores.toasts.shown.map(({ text }) => text)).toEqual([
    'Undo: checkout goes back as soon as the revert is done',
    'Undone: checkout is back to before “clean”',
  ]);
  expect([stores.snapshots.pending, stores.snapshots.undoable]).toEqual([null, null]);
  expect(stores.envs.get('checkout')?.currentSnapshotId).not.toBe(before === snapshot.id ? null : snapshot.id);
});

test('one machine alone can be reverted; that is what the ENV was last reverted to', async () => {
  const { stores, snapshot } = await clean();
  const [vm] = stores.vms.ofEnv('checkout');
  const reverted = stores.snapshots.revert(snapshot, [vm?.id ?? '']);
  expect([...stores.snapshots.reverting]).toEqual([[vm?.id, 'clean']]);
  await reverted;
  expect(stores.snapshots.reverting.size).toBe(0);
  await running.settle();
  expect(stores.toasts.shown.at(-1)?.text).toBe('centos-7.1-1 reverted to “clean”');
  expect(stores.envs.get('checkout')?.currentSnapshotId).toBe(snapshot.id);
});

test('whoever looks at a machine hears that it was reverted, until it looks no more', async () => {
  const { stores, snapshot } = await clean();
  const [vm] = stores.vms.ofEnv('checkout');
  const heard: unknown[] = [];
  const unlisten = stores.snapshots.onReverted((...revert) => heard.push(revert));
  await stores.snapshots.revert(snapshot, [vm?.id ?? '']);
  await running.settle();
  unlisten();
  await stores.snapshots.revert(snapshot, [vm?.id ?? '']);
  await running.settle();
  expect(heard).toEqual([[vm?.id, 'clean', expect.any(Date)]]);
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
  const outcome = await stores.takes.take({ envName: 'checkout', name: 'clean' });
  expect(outcome.ok ? null : outcome.error.code).toBe('SNAPSHOT_NAME_TAKEN');
});

/** A snapshot `step-2` of `checkout` whose memory is being copied until `release` is called. */
async function saving() {
  const { stores, snapshot } = await clean();
  const hold = running.agent.engine.holdNext('beginSave');
  const taken = await stores.takes.take({ envName: 'checkout', name: 'step-2' });
  await hold.reached;
  const [operation] = savingOf(stores, 'checkout');
  if (!operation) throw new Error('nothing is being saved');
  return { stores, snapshot, taken, operation, release: hold.release };
}

test('a snapshot is saved behind the dialog; how long the guests were paused is said when it is whole', async () => {
  const { stores, taken, operation, release } = await saving();
  expect([taken, operation.subject.snapshotName, operation.step?.code]).toEqual([
    { ok: true, value: null },
    'step-2',
    'savingMemory',
  ]);
  expect(stores.snapshots.ofEnv('checkout').map(({ name }) => name)).toEqual(['clean']);
  release();
  await running.settle();
  expect(savingOf(stores, 'checkout')).toEqual([]);
  expect(stores.snapshots.ofEnv('checkout').map(({ name }) => name)).toEqual(['clean', 'step-2']);
  expect(stores.toasts.shown.map(({ text }) => text)).toEqual([
    expect.stringMatching(/^Snapshot “step-2” taken \(paused \d+ ms\)$/),
  ]);
});

test('meanwhile nothing is offered that the agent would refuse, and a drop says why', async () => {
  const { stores, snapshot, operation, release } = await saving();
  const env = stores.envs.get('checkout');
  const [vm] = stores.vms.ofEnv('checkout');
  if (!env || !vm) throw new Error('checkout is gone');
  const idsOf = (actions: object, wanted: string) =>
    Object.values(actions).flatMap(({ id, whyNot }) => (whyNot === wanted ? [id] : []));
  expect(idsOf(envActions(stores, env, translate), 'saving')).toEqual(
    expect.arrayContaining(['snapshot', 'clone', 'export', 'add', 'change', 'remove', 'stop', 'delete']),
  );
  expect(idsOf(vmActions(stores, vm, translate), 'saving')).toEqual(
    expect.arrayContaining(['snapshot', 'change', 'clone', 'publish', 'delete']),
  );
  expect(idsOf(snapshotActions(stores, snapshot, translate), 'saving')).toEqual([
    'undo',
    'revert',
    'fork',
    'export',
    'rename',
    'delete',
  ]);
  expect(savingActions(stores, operation, translate).some(isAllowed)).toBe(false);
  runVerb(stores, { do: 'revertEnv', snapshot, vmCount: 6 });
  expect(stores.toasts.shown.at(-1)?.text).toBe('Revert: A snapshot is being saved');
  // Another ENV is not concerned.
  const other = stores.envs.get('tiny');
  expect(other && envActions(stores, other, translate).snapshot.whyNot).toBeNull();
  release();
  await running.settle();
  expect(envActions(stores, env, translate).snapshot.whyNot).toBeNull();
});

test('one that is cancelled leaves nothing, and is said quietly', async () => {
  const { stores, operation } = await saving();
  await stores.operations.cancel(operation.id);
  await until('it has ended', () => savingOf(stores, 'checkout').length === 0);
  await running.settle();
  expect(stores.snapshots.ofEnv('checkout').map(({ name }) => name)).toEqual(['clean']);
  expect(stores.toasts.shown.map(({ tone }) => tone)).toEqual(['info']);
});

test('the safety snapshot of a revert is shown while it is saved, no longer', async () => {
  const { stores, snapshot } = await clean();
  const hold = running.agent.engine.holdNext('beginSave');
  const reverting = stores.snapshots.revert(snapshot, null);
  await hold.reached;
  await until('it is shown', () => savingOf(stores, 'checkout').length === 1);
  hold.release();
  await reverting;
  await until('it is shown no longer', () => savingOf(stores, 'checkout').length === 0);
});
