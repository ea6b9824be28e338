// Pictures of screens come back after a reload: to the same user, of machines that are there, marked as not of now.
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { startTestStores, type TestStores } from '../testing/test-stores.ts';
import { KeptPictures, type TabPlace } from './kept-pictures.ts';
import { ThumbnailStore } from './thumbnail-store.ts';

const takenAt = '2026-11-30T12:04:00.000Z';
const url = 'data:image/png;base64,AAAA';

let running: TestStores;
let tab: Map<string, string>;
let leave: () => void;
const stops: (() => void)[] = [];
beforeAll(async () => {
  running = await startTestStores();
}, 60_000);
afterAll(() => running.stop());
beforeEach(() => {
  tab = new Map();
});
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

function place(): TabPlace {
  return {
    getItem: (key) => tab.get(key) ?? null,
    setItem: (key, text) => void tab.set(key, text),
    removeItem: (key) => void tab.delete(key),
  };
}

/** A page of this tab, with no pictures yet; the answer ends it. */
function load(connection: string | null = null) {
  const { stores } = running;
  const thumbnails = new ThumbnailStore(stores.bridge, stores.link, stores.vms, stores.rights, () => true);
  const kept = new KeptPictures(
    { thumbnails, vms: stores.vms, me: stores.me, link: stores.link },
    {
      place: place(),
      connection,
      onLeaving: (listener) => {
        leave = listener;
        return () => {};
      },
    },
  );
  const stop = kept.start();
  stops.push(stop);
  return { thumbnails, kept, stop };
}
function firstTwo(): [string, string] {
  const [one, two] = running.stores.vms.ofEnv('checkout');
  if (!one || !two) throw new Error('no machines');
  return [one.id, two.id];
}

it('is shown again as one of before, also of a console that was open', () => {
  const [one, two] = firstTwo();
  const before = load();
  before.thumbnails.keep(one, { url, takenAt });
  before.thumbnails.keep('gone', { url, takenAt });
  before.thumbnails.lend(two, () => ({ url: `${url}BB`, takenAt }));
  leave();
  const after = load();
  expect(after.thumbnails.of(one)).toEqual({ url, takenAt, isOld: true });
  expect(after.thumbnails.of(two)).toEqual({ url: `${url}BB`, takenAt, isOld: true });
  expect(after.thumbnails.of('gone')).toBe(undefined);
  // What is of now is not replaced, and nothing is given twice.
  expect(tab.size).toBe(0);
  after.stop();
  expect(tab.size).toBe(1);
});

it('waits for machines that come later than the first ones', () => {
  const [one, two] = firstTwo();
  const { items } = running.stores.vms;
  const machine = items.get(one);
  if (!machine) throw new Error('no machine');
  const before = load();
  for (const id of [one, two]) before.thumbnails.keep(id, { url, takenAt });
  leave();
  items.remove(one);
  const after = load();
  expect([after.thumbnails.of(one), after.thumbnails.of(two)?.isOld]).toEqual([undefined, true]);
  items.put(machine);
  expect(after.thumbnails.of(one)).toEqual({ url, takenAt, isOld: true });
});

it('is nobody else’s: not of another user, another connection, or whoever logs in after the end of a session', () => {
  const [one] = firstTwo();
  const before = load();
  before.thumbnails.keep(one, { url, takenAt });
  leave();
  const text = tab.get('tt.pictures') ?? '';
  expect(load('server-2').thumbnails.of(one)).toBe(undefined);
  tab.set('tt.pictures', text.replace('"mei"', '"jo"'));
  expect(load().thumbnails.of(one)).toBe(undefined);
  tab.set('tt.pictures', text);
  before.kept.forget();
  expect(load().thumbnails.of(one)).toBe(undefined);
});

it.each(['', '{', '{"user":"mei"}', '{"user":"mei","pictures":[{"vmId":"x","url":"javascript:1","takenAt":"now"}]}'])(
  'what is no pictures is nothing: %s',
  (text) => {
    tab.set('tt.pictures', text);
    expect(load().thumbnails.all()).toEqual([]);
  },
);

it('keeps the newest, as many as a tab holds', () => {
  const [one, two] = firstTwo();
  const { thumbnails } = load();
  const large = `${url}${'A'.repeat(1_500_000)}`;
  thumbnails.keep(one, { url: large, takenAt });
  thumbnails.keep(two, { url: large, takenAt: '2026-11-30T12:05:00.000Z' });
  leave();
  const after = load();
  expect([after.thumbnails.of(one), after.thumbnails.of(two)?.isOld]).toEqual([undefined, true]);
});
