// The shelf when nothing was chosen, as it was chosen, and how a choice that says what it would do anyway is none.
import { runInAction } from 'mobx';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startTestStores, type TestStores } from '../testing/test-stores.ts';

let running: TestStores;
beforeEach(async () => {
  running = await startTestStores();
});
afterEach(() => running.stop());

test('it is a strip until there is a snapshot, and opens for the first one', async () => {
  const { shelf, view, takes, settings } = running.stores;
  // On the board, the example ENVs have one.
  expect([shelf.isOpen, settings.shelf]).toEqual([true, 'auto']);
  view.goToEnv('tiny');
  expect(shelf.isOpen).toBe(false);
  const taking = takes.takeNow({ envName: 'tiny', vmId: null, isNamed: true });
  expect(shelf.isOpen).toBe(true);
  await taking;
  shelf.remember();
  takes.endNaming();
  expect(shelf.isOpen).toBe(true);
  // Another page has its own reasons.
  view.goToEnv('other');
  expect(shelf.isOpen).toBe(false);
});

test('the first snapshot moves no page below the pointer: it opens over it, and beside it once the pointer is elsewhere', async () => {
  const { shelf, view, takes } = running.stores;
  view.goToEnv('tiny');
  shelf.setPointer('edge');
  shelf.remember();
  const taking = takes.takeNow({ envName: 'tiny', vmId: null, isNamed: true });
  expect(shelf.stand).toBe('over');
  shelf.remember();
  await taking;
  await running.settle();
  takes.endNaming();
  expect(shelf.stand).toBe('over');
  shelf.setPointer('elsewhere');
  expect(shelf.stand).toBe('beside');
  shelf.remember();
  shelf.setPointer('edge');
  expect(shelf.stand).toBe('beside');
  // Whoever comes back finds it open.
  view.goToEnv('other');
  shelf.remember();
  view.goToEnv('tiny');
  expect(shelf.stand).toBe('beside');
});

test('a first snapshot that somebody else takes covers nothing that is pointed at', async () => {
  const { shelf, view, settings, snapshots } = running.stores;
  view.goToEnv('tiny');
  shelf.setPointer('edge');
  shelf.remember();
  await running.agent.client.snapshot.create({ envName: 'tiny', name: 'theirs' });
  await running.settle();
  expect([snapshots.ofEnv('tiny').length, shelf.stand]).toEqual([1, 'strip']);
  shelf.setPointer('page');
  expect(shelf.stand).toBe('over');
  shelf.setPointer('edge');
  shelf.toggle();
  expect([shelf.stand, settings.shelf]).toEqual(['beside', 'auto']);
});

test('in a narrow window it is a strip on the board, too, until an ENV with snapshots is chosen', async () => {
  const { shelf, view, snapshots, envs } = running.stores;
  const withOne = envs.items.all.find(({ name }) => snapshots.ofEnv(name).length > 0)?.name ?? 'none';
  shelf.setNarrow(true);
  expect([view.chosenEnv, shelf.hasSomething, shelf.isOpen]).toEqual([null, false, false]);
  view.focusEnv(withOne);
  expect(shelf.isOpen).toBe(true);
  shelf.remember();
  // The next one that has the focus does not change the width of the board.
  view.focusEnv('tiny');
  expect([shelf.hasSomething, shelf.isOpen]).toEqual([false, true]);
});

test('opened and closed by hand it stays so; closing what would be closed anyway chooses nothing', () => {
  const { shelf, settings, view } = running.stores;
  view.goToEnv('tiny');
  shelf.toggle();
  expect([shelf.isOpen, settings.shelf]).toEqual([true, 'open']);
  shelf.toggle();
  expect([shelf.isOpen, settings.shelf]).toEqual([false, 'auto']);
  runInAction(() => {
    shelf.openedAt = 'tiny';
  });
  expect(shelf.isOpen).toBe(true);
  shelf.toggle();
  // What kept it open was only that it had been.
  expect([shelf.isOpen, settings.shelf]).toEqual([false, 'auto']);
  settings.showShelf('closed');
  shelf.remember();
  expect(shelf.isOpen).toBe(false);
});
