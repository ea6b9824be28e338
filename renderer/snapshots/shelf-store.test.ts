// The shelf when nothing was chosen, as it was chosen, and how a choice that says what it would do anyway is none.
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
  shelf.keepOpen();
  takes.endNaming();
  expect(shelf.isOpen).toBe(true);
  // Another page has its own reasons.
  view.goToEnv('other');
  expect(shelf.isOpen).toBe(false);
});

test('in a narrow window it is a strip on the board, too, until an ENV with snapshots is chosen', async () => {
  const { shelf, view, snapshots, envs } = running.stores;
  const withOne = envs.items.all.find(({ name }) => snapshots.ofEnv(name).length > 0)?.name ?? 'none';
  shelf.setNarrow(true);
  expect([view.chosenEnv, shelf.hasSomething, shelf.isOpen]).toEqual([null, false, false]);
  view.focusEnv(withOne);
  expect(shelf.isOpen).toBe(true);
  shelf.keepOpen();
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
  shelf.keepOpen();
  expect(shelf.isOpen).toBe(true);
  shelf.toggle();
  // What kept it open was only that it had been.
  expect([shelf.isOpen, settings.shelf]).toEqual([false, 'auto']);
  settings.showShelf('closed');
  shelf.keepOpen();
  expect(shelf.isOpen).toBe(false);
});
