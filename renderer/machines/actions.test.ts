// What may be done to a machine is said once: a machine of an expired ENV is not offered Start anywhere, the console included.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { translate } from '../i18n/index.ts';
import { PaletteCommands } from '../shell/commands.ts';
import { toErrorRecord, TtError } from '@tt/protocol';
import { startTestStores, type TestStores } from '../testing/test-stores.ts';
import { shortVmName } from '../state/vm-name.ts';
import { snapshotsOfVm, vmActions } from './actions.ts';
import { actionForError } from '../state/error-actions.ts';

let running: TestStores;
beforeAll(async () => {
  running = await startTestStores();
});
afterAll(() => running.stop());

function actionsOf(envName: string) {
  const [vm] = running.stores.vms.ofEnv(envName);
  if (!vm) throw new Error(`${envName} has no machine`);
  return vmActions(running.stores, vm, translate);
}

test('a stopped machine of an expired ENV can’t be started, one of another ENV can', () => {
  expect(actionsOf('handover').start.whyNot).toBe('expired');
  expect(actionsOf('kernel-bisect').start.whyNot).toBeNull();
});

test('what its state forbids says so', () => {
  const { start, stop, reset, pause, resume } = actionsOf('tiny');
  expect([start.whyNot, stop.whyNot, reset.whyNot]).toEqual(['alreadyRuns', null, null]);
  expect([pause.whyNot, resume.whyNot]).toEqual([null, 'notPaused']);
});

test('the palette says why an expired ENV can’t be started or given machines', () => {
  const commands = new PaletteCommands(running.stores, translate)
    .all()
    .filter(({ id }) => /^(start|add|open|lifetime):handover$/.test(id));
  expect(commands.map(({ id, whyNot }) => [id, whyNot])).toEqual([
    ['open:handover', null],
    ['start:handover', 'expired'],
    ['lifetime:handover', null],
    ['add:handover', 'expired'],
  ]);
});

test('a port of the host that another program has taken can be fixed where it is shown', async () => {
  const { stores } = running;
  const [vm] = stores.vms.ofEnv('kernel-bisect');
  const before = vm?.portMap[0];
  if (!vm || !before) throw new Error('it has no ports');
  const { protocol, hostAddress, hostPort, guestPort } = before;
  const error = toErrorRecord(
    new TtError('HOST_PORT_TAKEN', { vmName: vm.name, protocol, hostAddress, hostPort, guestPort }),
  );
  const action = actionForError(stores, error, translate);
  expect([action?.label, action?.whyNot]).toEqual(['Start on other ports', null]);
  action?.run();
  await running.settle();
  const after = stores.vms.get(vm.id);
  expect([after?.state, after?.portMap[0]?.guestPort]).toEqual(['running', guestPort]);
  expect(after?.portMap[0]?.hostPort).not.toBe(hostPort);
  // Since it runs there is nothing to fix.
  expect(actionForError(stores, error, translate)).toBeNull();
  expect(actionForError(stores, { ...error, code: 'DISK_FULL' }, translate)).toBeNull();
});

test('a machine is paused until it is resumed', async () => {
  actionsOf('tiny').pause.run();
  await running.settle();
  const { start, pause, resume, reset } = actionsOf('tiny');
  expect([start.whyNot, pause.whyNot, resume.whyNot, reset.whyNot]).toEqual([
    'alreadyRuns',
    'notRunning',
    null,
    'notRunning',
  ]);
  resume.run();
  await running.settle();
  expect(actionsOf('tiny').pause.whyNot).toBeNull();
});

test('a revert is named by its machine, and needs a snapshot that this machine is in', async () => {
  const { stores } = running;
  const [vm] = stores.vms.ofEnv('tiny');
  if (!vm) throw new Error('tiny has no machine');
  const { label, whyNot } = actionsOf('tiny').revert;
  expect([label, whyNot]).toEqual([`Revert ${shortVmName(vm.name)}…`, 'noSnapshots']);
  await stores.takes.take({ envName: 'tiny', name: 'first', vmIds: [vm.id] });
  await running.settle();
  const { revert } = actionsOf('tiny');
  expect([revert.whyNot, snapshotsOfVm(stores, vm).map(({ name }) => name)]).toEqual([null, ['first']]);
  revert.run();
  expect(stores.view.dialog).toEqual({ kind: 'revertVm', vmId: vm.id });
  stores.view.close();
});

test('without a link only what needs none is left', () => {
  running.link.cut();
  running.stores.link.pingFailed(new Error('cut'));
  const allowed = Object.values(actionsOf('tiny')).filter(({ whyNot }) => whyNot === null);
  expect(allowed.map(({ id }) => id)).toEqual(['console', 'panes', 'shell', 'details', 'disks']);
});
