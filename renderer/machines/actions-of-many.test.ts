// What may be done to several machines: it is done to those that allow it, in one operation where there is one.
import { type Vm, type VmState, vmTransitions } from '@tt/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seededRandom } from '../../agent/testing/relay.ts';
import { translate } from '../i18n/index.ts';
import type { Stores } from '../state/stores.ts';
import { startTestStores, type TestStores } from '../testing/test-stores.ts';
import { vmActions } from './actions.ts';
import { chosenVms, groupsOfVms, vmsActions } from './actions-of-many.ts';

let running: TestStores;
beforeAll(async () => {
  running = await startTestStores();
});
afterAll(() => running.stop());

/** Machines of `checkout` by their places, selected. */
function select(...places: number[]) {
  const { stores } = running;
  const all = stores.vms.ofEnv('checkout');
  stores.view.selectVms(places.map((place) => all[place]?.id ?? ''));
  const can = vmsActions(stores, chosenVms(stores, 'checkout'), translate);
  if (!can) throw new Error('nothing is selected');
  return can;
}
const states = () => running.stores.vms.ofEnv('checkout').map(({ state }) => state);

test('are those that are selected and there, of this ENV', () => {
  const { stores } = running;
  const [vm] = stores.vms.ofEnv('checkout');
  stores.view.selectVms([vm?.id ?? '', 'gone', stores.vms.ofEnv('tiny')[0]?.id ?? '']);
  expect(chosenVms(stores, 'checkout').map(({ id }) => id)).toEqual([vm?.id]);
  stores.view.selectVms([]);
  expect(vmsActions(stores, chosenVms(stores, 'checkout'), translate)).toBeNull();
});

test('stop and start by one operation, and leave the others alone', async () => {
  const before = states();
  expect(before.slice(0, 3)).toEqual(['running', 'running', 'running']);
  select(0, 1).stop.run();
  await running.settle();
  expect(states()).toEqual(['stopped', 'stopped', ...before.slice(2)]);
  expect(running.operations()[0]?.kind).toBe('env.stop');
  // Of a stopped and a running one the stopped one can be started, the running one stopped.
  const mixed = select(0, 2);
  expect([mixed.start.whyNot, mixed.stop.whyNot, mixed.pause.whyNot, mixed.resume.whyNot]).toEqual([
    null,
    null,
    null,
    'notPaused',
  ]);
  mixed.start.run();
  await running.settle();
  expect(states()).toEqual(['running', 'stopped', ...before.slice(2)]);
  select(1).start.run();
  await running.settle();
  expect(states()).toEqual(before);
});

test('pause and resume one after the other', async () => {
  const before = states();
  select(0, 1).pause.run();
  await running.settle();
  expect(states()).toEqual(['paused', 'paused', ...before.slice(2)]);
  select(0, 1, 2).resume.run();
  await running.settle();
  expect(states()).toEqual(before);
});

test('snapshot, run, change and delete ask with those machines chosen', () => {
  const { view, runs } = running.stores;
  const can = select(0, 1);
  const vmIds = [...view.selectedVms];
  can.snapshot.run();
  expect(view.dialog).toEqual({ kind: 'takeSnapshot', envName: 'checkout', vmId: null, vmIds });
  can.change.run();
  expect(view.dialog).toEqual({ kind: 'changeMachines', envName: 'checkout', vmIds });
  can.delete.run();
  expect(view.dialog).toEqual({ kind: 'removeMachines', envName: 'checkout', vmIds });
  view.close();
  can.run.run();
  expect([view.route, runs.isCommandWanted, runs.wantedVmIds]).toEqual([
    { page: 'env', envName: 'checkout', tab: 'run' },
    true,
    vmIds,
  ]);
});

test('of many in whatever state, each power verb is done to exactly those that allow it', () => {
  const { stores } = running;
  const [vm] = stores.vms.ofEnv('checkout');
  if (!vm) throw new Error('checkout has no machines');
  const verbs = ['start', 'stop', 'pause', 'resume'] as const;
  const random = seededRandom(1);
  const states = Object.keys(vmTransitions) as VmState[];
  for (let round = 0; round < 50; round++) {
    const some = states.filter(() => random() < 0.3);
    const chosen = Array.from({ length: 1 + Math.floor(random() * 40) }, (_, index): Vm => {
      const state = some[Math.floor(random() * some.length)] ?? vm.state;
      return { ...vm, id: `vm-${index}`, state };
    });
    const asked: Record<string, readonly string[]> = {};
    const note = (verb: string) => async (ids: readonly string[]) => {
      asked[verb] = ids;
    };
    const vms = {
      startVms: (_: string, ids: readonly string[]) => note('start')(ids),
      stopVms: (_: string, ids: readonly string[]) => note('stop')(ids),
      pauseVms: note('pause'),
      resumeVms: note('resume'),
    };
    const recording: Stores = Object.create(stores, { vms: { value: Object.assign(Object.create(stores.vms), vms) } });
    const can = vmsActions(recording, chosen, translate);
    for (const verb of verbs) {
      const each = chosen.map((one) => vmActions(stores, one, translate)[verb].whyNot);
      expect(can?.[verb].whyNot, verb).toBe(each.includes(null) ? null : each[0]);
      can?.[verb].run();
      expect(asked[verb], verb).toEqual(chosen.filter((_, index) => each[index] === null).map(({ id }) => id));
    }
  }
});

test('a menu of them has each verb once', () => {
  const ids = groupsOfVms(select(0, 1)).flatMap((group) => group.map(({ id }) => id));
  expect(ids).toEqual(['snapshot', 'run', 'change', 'start', 'pause', 'resume', 'stop', 'delete']);
});

test('without a link nothing is left', () => {
  running.link.cut();
  running.stores.link.pingFailed(new Error('cut'));
  expect(Object.values(select(0, 1)).filter(({ whyNot }) => whyNot === null)).toEqual([]);
});
