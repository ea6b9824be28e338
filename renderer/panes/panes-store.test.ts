// Layouts are kept and come back, each connection its own.
import { afterEach, expect, it } from 'vitest';
import { tabsOf } from './pane-layout.ts';
import { PanesStore } from './panes-store.ts';

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

function memory() {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, text: string) => void kept.set(key, text),
  };
}

function open(place: ReturnType<typeof memory>, connection: string | null = null): PanesStore {
  const store = new PanesStore(place, connection);
  stops.push(store.start());
  return store;
}
const shown = (store: PanesStore) => tabsOf(store.layout).map(({ id }) => id);

it('is there again the next time', () => {
  const place = memory();
  const before = open(place);
  before.open('a', 'demo', 'screen');
  before.open('b', 'demo', 'serial');
  expect(before.move('b/serial', { paneId: before.layout.active, side: 'right' })).toBe(true);
  const after = open(place);
  expect(after.layout.root).toMatchObject({ kind: 'split', direction: 'row', first: { shown: 'a/screen' } });
  expect(shown(after)).toEqual(['a/screen', 'b/serial']);
});

it('of one connection is not that of another', () => {
  const place = memory();
  open(place, 'private').open('a', 'demo', 'screen');
  expect([shown(open(place, 'private')), shown(open(place, 'other')), shown(open(place))]).toEqual([
    ['a/screen'],
    [],
    [],
  ]);
});

it('that is broken is an empty page', () => {
  const place = memory();
  place.setItem('tt.panes', '{"tabs":');
  expect(shown(open(place))).toEqual([]);
});

it('goes on without machines that are gone', () => {
  const store = open(memory());
  for (const vmId of ['a', 'b']) store.open(vmId, 'demo', 'screen');
  store.forgetGone((vmId) => vmId === 'b');
  expect(shown(store)).toEqual(['b/screen']);
});
