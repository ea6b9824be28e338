// A revert by somebody else is said once, of those machines whose consoles are open here; one’s own is not news.
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { startTestStores, type TestStores } from '../testing/test-stores.ts';

let running: TestStores;
beforeAll(async () => {
  running = await startTestStores({ withSnapshot: true });
}, 60_000);
afterAll(() => running.stop());
afterEach(() => running.stores.toasts.closeAll());

/** The machines of an ENV with a snapshot, and that one. */
function parts() {
  const { stores } = running;
  const [snapshot] = stores.snapshots.ofEnv('checkout');
  const ids = stores.vms.ofEnv('checkout').map(({ id }) => id);
  const [first, second] = ids;
  if (!snapshot || first === undefined || second === undefined) throw new Error('no snapshot of machines');
  const byKim = () => stores.snapshots.noteReverted(snapshot, ids, '2026-11-30T12:00:00.000Z', 'kim');
  const said = () => stores.toasts.all.map(({ text }) => text);
  return { stores, snapshot, first, second, ids, byKim, said };
}

it('names the machines that are looked at, once for all, until nobody looks', () => {
  const { stores, first, second, ids, byKim, said } = parts();
  byKim();
  expect(said()).toEqual([]);
  // A screen and a serial console of the same machine.
  const stops = [first, first, second].map((id) => stores.revertNews.watch(id));
  byKim();
  expect(said()).toEqual(['kim reverted centos-7.1-1, debian-12-1 to “clean”']);
  stops[0]?.();
  stops[2]?.();
  byKim();
  expect(said().at(-1)).toBe('kim reverted centos-7.1-1 to “clean”');
  stops[1]?.();
  byKim();
  expect(said()).toHaveLength(2);
  const all = ids.map((id) => stores.revertNews.watch(id));
  byKim();
  expect(said().at(-1)).toBe(`kim reverted ${ids.length} machines to “clean”`);
  for (const stop of all) stop();
});

it('says nothing of a revert from this window', async () => {
  const { stores, snapshot, first, said } = parts();
  const stop = stores.revertNews.watch(first);
  await stores.snapshots.revert(snapshot, null);
  await running.settle();
  stop();
  expect(said()).toEqual(['6 machines reverted to “clean”']);
});
