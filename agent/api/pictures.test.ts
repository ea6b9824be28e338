// Who shares the items of a feed, whose bytes the border makes once: those who may see the same, and nobody else.
import { type FeedItem, type Operation, TtError, toErrorRecord } from '@tt/protocol';
import { expect, it } from 'vitest';
import type { Reader } from '../access/owners.ts';
import type { HostService } from '../app/host-service.ts';
import { EventLog } from '../events/event-log.ts';
import { testHost } from '../events/test-picture.ts';
import { Pictures } from './pictures.ts';

const admin: Reader = { name: 'root', role: 'admin' };
const user = (name: string): Reader => ({ name, role: 'user' });
const readers = [user('ann'), user('bob'), user('cat'), user('dan'), admin, { name: 'ops', role: 'admin' } as const];

/** Only its owner may read the name in its failure. */
const failed = (owner: string): Operation => ({
  id: `op-${owner}`,
  kind: 'env.create',
  subject: {},
  state: 'failed',
  step: null,
  progress: null,
  cancellable: false,
  startedAt: '2026-11-21T10:00:00.000Z',
  endedAt: '2026-11-21T10:00:00.000Z',
  error: toErrorRecord(new TtError('NAME_INVALID', { name: `secret-of-${owner}` })),
});

/** What each of them is sent: the items of one picture, and one event for each owner. */
async function sentToAll(order: readonly Reader[]): Promise<Map<string, FeedItem[]>> {
  const log = new EventLog('host-1', () => new Date(0));
  const owned = ['ann', 'bob'].map((owner) => ({ operation: failed(owner), owners: [owner] }));
  const still = { envs: [], vms: [], snapshots: [] };
  const sources = {
    log,
    inventory: { still: () => still },
    images: { list: () => [] },
    labs: { labs: () => [], profiles: () => [] },
    templates: { list: () => [] },
    operations: { owned: () => owned },
  } as unknown as ConstructorParameters<typeof Pictures>[0];
  const pictures = new Pictures(sources, { view: testHost } as unknown as HostService);
  const sent = new Map<string, FeedItem[]>();
  const feeds = order.map((reader) => ({
    reader,
    feed: log.follow(reader, () => pictures.of(reader), undefined, undefined),
  }));
  const take = async (count: number) => {
    for (let index = 0; index < count; index++) {
      for (const { reader, feed } of feeds) {
        const { value } = await feed.next();
        sent.set(reader.name, [...(sent.get(reader.name) ?? []), value as FeedItem]);
      }
    }
  };
  await take(3);
  for (const { operation, owners } of owned) log.publish('operation.updated', operation, owners);
  await take(2);
  for (const { feed } of feeds) await feed.return();
  return sent;
}

it.each([
  ['in one order', readers],
  ['in the other', readers.toReversed()],
] as const)('nobody is sent items that were made for the rights of somebody else, %s', async (_words, order) => {
  const sent = await sentToAll(order);
  for (const { name, role } of readers) {
    const all = JSON.stringify(sent.get(name));
    const seen = ['ann', 'bob'].filter((owner) => all.includes(`secret-of-${owner}`));
    expect([name, seen]).toEqual([
      name,
      role === 'admin' ? ['ann', 'bob'] : ['ann', 'bob'].filter((one) => one === name),
    ]);
  }
});

it('those who may see the same are sent the same items, not copies', async () => {
  const sent = await sentToAll(readers);
  /** The page, and both events. */
  const itemsOf = (name: string) => [1, 3, 4].map((index) => sent.get(name)?.[index]);
  for (const [one, other] of [
    ['cat', 'dan'],
    ['root', 'ops'],
  ] as const) {
    for (const [index, item] of itemsOf(one).entries()) expect(item).toBe(itemsOf(other)[index]);
  }
  expect(itemsOf('ann')[0]).not.toBe(itemsOf('cat')[0]);
});
