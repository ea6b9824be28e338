// What may be done to a lab, its terminals, its sessions and a profile is said once.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isAllowed } from '../components/action.ts';
import { translate } from '../i18n/index.ts';
import { startTestStores, type TestStores } from '../testing/test-stores.ts';
import { labActions, newLabAction, sessionActions, terminalActions } from './actions.ts';
import { profileActions } from './profile-actions.ts';

let world: TestStores;
beforeAll(async () => {
  world = await startTestStores({ empty: true });
  const { labs } = world.stores;
  await labs.createProfile({ name: 'office', image: 'tiny' });
  await labs.createLab({ name: 'room', profileNames: ['office'], seats: 2 });
  await labs.createLab({ name: 'bare', profileNames: [], seats: 2 });
  await labs.setTerminal({ name: 'room', terminalName: 'desk', secret: 'open-sesame' });
  await world.settle();
});
afterAll(() => world.stop());

function labOf(name: string) {
  const lab = world.stores.labs.items.get(name);
  if (!lab) throw new Error(`there is no ${name}`);
  return lab;
}

function deskActions() {
  const [terminal] = labOf('room').terminals;
  if (!terminal) throw new Error('room has no terminal');
  return terminalActions(world.stores, labOf('room'), terminal, translate);
}

function officeActions() {
  const profile = world.stores.labs.profiles.get('office');
  if (!profile) throw new Error('there is no office');
  return profileActions(world.stores, profile, translate);
}

test('a lab without profiles starts no session', () => {
  expect(labActions(world.stores, labOf('bare'), translate).startSession.whyNot).toBe('noProfiles');
  expect(labActions(world.stores, labOf('room'), translate).startSession.whyNot).toBeNull();
});

test('a terminal that has a session gets no second one; the session has a console and an end', async () => {
  expect(deskActions().startSession.whyNot).toBeNull();
  await world.stores.labs.startSession({ name: 'room', terminalName: 'desk', profileName: 'office' });
  await world.settle();
  expect(deskActions().startSession.whyNot).toBe('hasSession');
  const [session] = world.stores.labs.sessionsOf('room');
  if (!session) throw new Error('room has no session');
  const can = sessionActions(world.stores, session, translate);
  expect(Object.values(can).every(isAllowed)).toBe(true);
  expect(sessionActions(world.stores, { ...session, vmId: null }, translate).console.whyNot).toBe('noMachines');
  // It asks first: what was written in it is lost.
  can.end.run();
  expect(world.stores.view.dialog).toEqual({ kind: 'endSession', labName: 'room', sessionName: session.sessionName });
  expect(deskActions().startSession.whyNot).toBe('hasSession');
  await world.stores.labs.stopSession('room', session.sessionName);
  await world.settle();
  expect(deskActions().startSession.whyNot).toBeNull();
});

test('a profile has a console while it is open for change', async () => {
  expect(officeActions().adminConsole.whyNot).toBe('noMachines');
  await world.stores.labs.openAdmin('office', true);
  await world.settle();
  expect(officeActions().adminConsole.whyNot).toBeNull();
  officeActions().discard.run();
  expect(officeActions().publish.whyNot).toBe('busy');
  await world.settle();
  expect(officeActions().adminConsole.whyNot).toBe('noMachines');
});

test('without a link nothing of a lab, a terminal or a profile is left', () => {
  world.link.cut();
  world.stores.link.pingFailed(new Error('cut'));
  const lab = labActions(world.stores, labOf('room'), translate);
  const all = [lab, deskActions(), officeActions()].flatMap((actions) => Object.values(actions));
  expect(all.filter(isAllowed)).toEqual([]);
  expect(newLabAction(world.stores, translate).whyNot).toBe('linkDown');
});
