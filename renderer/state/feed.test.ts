// The feed fills the stores: first the picture, then each event once and in order.
import { hostname } from 'node:os';
import type { Env, FeedItem } from '@tt/protocol';
import { afterEach, expect, test } from 'vitest';
import { startTestStores, type TestStores } from '../testing/test-stores.ts';
import { Feed } from './feed.ts';

let running: TestStores;
afterEach(() => running.stop());

test('the first picture fills every store', async () => {
  running = await startTestStores({ withSnapshot: true });
  const { stores } = running;
  expect(stores.envs.all.map(({ name }) => name)).toEqual([
    'checkout',
    'handover',
    'kernel-bisect',
    'tiny',
    'upgrade-path',
  ]);
  expect(stores.vms.ofEnv('checkout')).toHaveLength(6);
  expect(stores.snapshots.ofEnv('checkout')[0]?.name).toBe('clean');
  expect(stores.images.all).not.toHaveLength(0);
  expect(stores.hosts.first?.name).toBe(hostname());
  expect(stores.link.up).toBe(true);
});

test('an event is followed at once', async () => {
  running = await startTestStores();
  const { stores, link } = running;
  const env = stores.envs.get('tiny');
  if (!env) throw new Error('no ENV');
  await link.client.env.update({ name: 'tiny', operationId: crypto.randomUUID(), title: 'new title' });
  await running.settle();
  expect(stores.envs.get('tiny')?.title).toBe('new title');
  link.say('env.deleted', { name: 'tiny' });
  await running.settle();
  expect(stores.envs.get('tiny')).toBeUndefined();
});

test('an older revision of the same source is ignored, a new life of the agent is not', async () => {
  running = await startTestStores({ empty: true });
  const { stores, link } = running;
  const feed = new Feed(link, stores);
  const event = (revision: number, title: string, epoch = 'first'): FeedItem => ({
    kind: 'event',
    event: {
      type: 'env.updated',
      revision,
      source: { hostId: 'host-1', epoch },
      at: '2026-11-21T10:00:00.000Z',
      data: { ...emptyEnv, title },
    },
  });
  feed.apply(event(7, 'seventh'));
  feed.apply(event(6, 'sixth'));
  feed.apply(event(7, 'seventh again'));
  expect(stores.envs.get('demo')?.title).toBe('seventh');
  feed.apply(event(1, 'after a restart', 'second'));
  expect(stores.envs.get('demo')?.title).toBe('after a restart');
});

test('a page is shown when it comes, and what no page brought is gone at the end', async () => {
  running = await startTestStores({ empty: true });
  const { stores, link } = running;
  const feed = new Feed(link, stores);
  const source = { hostId: 'host-1', epoch: 'first' };
  const host = stores.hosts.first;
  if (!host) throw new Error('no host');
  const counts = { envs: 2, vms: 0, snapshots: 0, images: 0, labs: 0, profiles: 0, templates: 0, operations: 0 };
  const names = () => stores.envs.all.map(({ name }) => name).toSorted();
  const page = (...envs: string[]) =>
    feed.apply({ kind: 'page', records: { envs: envs.map((name) => ({ ...emptyEnv, name })) } });
  feed.apply({ kind: 'snapshot', revision: 1, source, host, counts });
  page('a');
  expect(names()).toEqual(['a']);
  page('b');
  feed.apply({ kind: 'snapshotEnd', revision: 1, source });
  expect(names()).toEqual(['a', 'b']);

  // Another one, later: what is known stays until the end.
  feed.apply({ kind: 'snapshot', revision: 9, source, host, counts });
  page('c');
  expect(names()).toEqual(['a', 'b', 'c']);
  // The link was cut, and the next snapshot begins anew.
  feed.apply({ kind: 'snapshot', revision: 10, source, host, counts });
  page('b');
  feed.apply({ kind: 'snapshotEnd', revision: 10, source });
  expect(names()).toEqual(['b']);
});

const emptyEnv: Env = {
  name: 'demo',
  title: '',
  owner: '',
  team: null,
  notes: '',
  tags: [],
  state: 'empty',
  startAt: '2026-11-21T10:00:00.000Z',
  endAt: '2026-11-21T11:00:00.000Z',
  endPolicy: 'delete',
  expired: false,
  networks: [],
  currentSnapshotId: null,
  denyOutgoing: false,
  fenced: false,
  forkedFrom: null,
  snapshotSchedule: null,
  nextSnapshotAt: null,
  lab: null,
  vmIds: [],
};
