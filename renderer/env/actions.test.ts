// What may be done to an ENV, to several and by a key is what its actions say; nothing else decides it.
import { autorun } from 'mobx';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isAllowed, reasons } from '../components/action.ts';
import { en } from '../i18n/en/index.ts';
import { translate } from '../i18n/index.ts';
import { importCapsuleAction } from '../images/imports/import-capsule-action.ts';
import { newImageActions } from '../images/actions.ts';
import { newLabAction } from '../labs/actions.ts';
import { newProfileAction } from '../labs/profile-actions.ts';
import { vmActions } from '../machines/actions.ts';
import { runVerb } from '../snapshots/run-verb.ts';
import { startTestStores, type TestStores } from '../testing/test-stores.ts';
import { envActions, envsActions, newEnvAction } from './actions.ts';

let running: TestStores;
beforeAll(async () => {
  running = await startTestStores();
});
afterAll(() => running.stop());

function envOf(name: string) {
  const env = running.stores.envs.get(name);
  if (!env) throw new Error(`there is no ${name}`);
  return env;
}

function vmOf(envName: string) {
  return running.stores.vms.ofEnv(envName)[0] ?? fail();
}

function fail(): never {
  throw new Error('it is not there');
}

function actionsOf(name: string, selected?: readonly string[]) {
  return envActions(running.stores, envOf(name), translate, selected);
}

test('each reason has words', () => {
  expect(Object.keys(en.common.whyNot).toSorted()).toEqual([...reasons].toSorted());
});

test('an expired ENV is extended, neither started nor given machines; one without snapshots has no disk usage to show', () => {
  const { start, add, extend } = actionsOf('handover');
  expect([start, add, extend, actionsOf('tiny').diskUsage].map(({ whyNot }) => whyNot)).toEqual([
    'expired',
    'expired',
    null,
    'noSnapshots',
  ]);
  expect([extend.label, actionsOf('tiny').extend.label]).toEqual(['Extend', '+1 h']);
});

test('what can be done to an ENV hears of the states of its machines, and of nothing else that changes in them', () => {
  const { stores } = running;
  const { vms } = stores;
  const vm = vms.ofEnv('tiny').find(({ state }) => state === 'running') ?? fail();
  let read = 0;
  const stop = autorun(() => {
    read++;
    envActions(stores, envOf('tiny'), translate);
    vms.imagesOfEnv('tiny');
    vms.namedOfEnv('tiny');
  });
  vms.items.put({ ...vm, viewers: vm.viewers + 1 });
  expect(read).toBe(1);
  expect(vms.ofEnv('tiny').find(({ id }) => id === vm.id)?.viewers).toBe(vm.viewers + 1);
  vms.items.put({ ...vm, state: 'unknown' });
  expect(read).toBe(2);
  vms.items.put(vm);
  stop();
});

test('machines that are selected are those that are changed and removed', () => {
  const { view } = running.stores;
  actionsOf('tiny', ['a']).change.run();
  expect(view.dialog).toMatchObject({ kind: 'changeMachines', vmIds: ['a'] });
  actionsOf('tiny').change.run();
  expect(view.dialog).toMatchObject({ kind: 'changeMachines', vmIds: null });
  view.close();
});

test('several ENVs: started are those that can be, and none when none can', async () => {
  const of = (...names: string[]) => envsActions(running.stores, names.map(envOf), translate);
  expect(envsActions(running.stores, [], translate)).toBeNull();
  expect(of('handover')?.start.whyNot).toBe('expired');
  expect(of('handover', 'tiny')?.start.whyNot).toBe('expired');
  const mixed = of('handover', 'kernel-bisect');
  expect(mixed?.start.whyNot).toBeNull();
  mixed?.start.run();
  await running.settle();
  expect(running.operations().map(({ kind, subject }) => [kind, subject.envName])).toEqual([
    ['env.start', 'kernel-bisect'],
  ]);
});

test('a snapshot of several asks for one name', () => {
  const { view } = running.stores;
  const of = (...names: string[]) => envsActions(running.stores, names.map(envOf), translate);
  of('tiny', 'handover')?.snapshot.run();
  expect(view.dialog).toEqual({ kind: 'snapshotEnvs', names: ['tiny', 'handover'] });
  view.close();
});

test('deleting several asks for all of them', () => {
  envsActions(running.stores, [envOf('tiny'), envOf('handover')], translate)?.delete.run();
  expect(running.stores.view.dialog).toEqual({ kind: 'deleteEnvs', names: ['tiny', 'handover'] });
  running.stores.view.close();
});

test('a viewer is offered nothing that changes anything, by buttons, keys or drops, and is told why', () => {
  const { stores } = running;
  const me = stores.me.me ?? fail();
  stores.me.set({ ...me, role: 'viewer' });
  const all = [
    ...Object.values(actionsOf('tiny')),
    ...Object.values(vmActions(stores, vmOf('tiny'), translate)),
    ...Object.values(newImageActions(stores, translate)),
    newEnvAction(stores, translate),
    importCapsuleAction(stores, translate),
    newLabAction(stores, translate),
    newProfileAction(stores, translate),
  ];
  // What only shows something. (`tiny` has no snapshots.)
  const shown = all.filter(({ whyNot }) => whyNot !== 'viewer').map(({ id, whyNot }) => [id, whyNot]);
  expect(shown).toEqual([
    ['diskUsage', 'noSnapshots'],
    ['details', null],
    ['disks', null],
  ]);
  expect(envsActions(stores, [envOf('tiny')], translate)?.delete.whyNot).toBe('viewer');
  runVerb(stores, { do: 'snapshotEnv', envName: 'tiny', vmCount: 1 });
  expect(stores.view.dialog).toBeNull();
  expect(stores.toasts.all.at(-1)?.text).toContain('You are a viewer');
  stores.me.set(me);
});

test('a member of the team may all but delete and share', () => {
  const { stores } = running;
  const me = stores.me.me ?? fail();
  stores.me.set({ ...me, name: 'kim', role: 'user' });
  const shared = { ...envOf('tiny'), team: 'qa' };
  const whyNot = Object.values(envActions(stores, shared, translate)).filter((one) => !isAllowed(one));
  expect(whyNot.map(({ id, whyNot: why }) => [id, why])).toEqual([
    ['diskUsage', 'noSnapshots'],
    ['start', 'alreadyRuns'],
    ['delete', 'notOwner'],
  ]);
  expect([stores.rights.whyNotShare(shared), stores.rights.whyNotShare({ ...shared, owner: 'kim' })]).toEqual([
    'notOwner',
    null,
  ]);
  stores.me.set(me);
});

test('without a link nothing of an ENV is left', () => {
  running.link.cut();
  running.stores.link.pingFailed(new Error('cut'));
  expect(Object.values(actionsOf('tiny')).filter(isAllowed)).toEqual([]);
  expect(newEnvAction(running.stores, translate).whyNot).toBe('linkDown');
});
