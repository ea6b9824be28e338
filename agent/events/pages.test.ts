// Pages of a picture: each record once and in order, bounded in bytes and number, made when they are taken and shared by all.
import type { Operation, PageRecords } from '@tt/protocol';
import { expect, it } from 'vitest';
import { EventLog } from './event-log.ts';
import { type PageLimits, Pages, type RecordLists } from './pages.ts';
import { noRecords, testHost } from './test-picture.ts';

const operation = (index: number, bytes = 0): Operation => ({
  id: `op-${index}`,
  kind: 'env.create',
  subject: { envName: 'x'.repeat(bytes) },
  state: 'succeeded',
  step: null,
  progress: null,
  cancellable: false,
  startedAt: '2026-11-21T10:00:00.000Z',
  endedAt: null,
  error: null,
});

/** `sizes`: of the text in each operation. `asked` gets the index of each that is looked at. */
function pagesOf(sizes: readonly number[], limits?: PageLimits) {
  const asked: number[] = [];
  const lists: RecordLists = {
    ...noRecords,
    operations: {
      length: sizes.length,
      at: (index) => {
        asked.push(index);
        return operation(index, sizes[index]);
      },
    },
  };
  return { asked, pages: new Pages(lists, limits) };
}

const idsIn = (records: PageRecords) => (records.operations ?? []).map(({ id }) => Number(id.slice(3)));

it('each record comes once and in order, in pages that hold no more than agreed', () => {
  const { pages } = pagesOf([0, 0, 0, 900, 0, 3000, 0], { bytes: 1100, records: 3 });
  const all = [...pages.each()].map(({ records }) => idsIn(records));
  // The fourth would make the first page too large; the sixth is too large for any and comes alone.
  expect(all).toEqual([[0, 1, 2], [3], [4], [5], [6]]);
  expect(pages.counts).toEqual({
    envs: 0,
    vms: 0,
    snapshots: 0,
    images: 0,
    labs: 0,
    profiles: 0,
    templates: 0,
    operations: 7,
  });
});

it('no record makes no page', () => {
  expect([...new Pages(noRecords).each()]).toEqual([]);
});

it('a page is made when it is asked for, and is the same object for all who follow at one time', () => {
  const { asked, pages } = pagesOf([0, 0, 0, 0, 0], { bytes: 1e6, records: 2 });
  const first = pages.each();
  expect(asked).toEqual([]);
  const page = first.next().value;
  expect(Math.max(...asked)).toBe(2);
  const second = pages.each();
  expect(second.next().value).toBe(page);
  expect(Math.max(...asked)).toBe(2);
  expect([...second].map(({ records }) => idsIn(records))).toEqual([[2, 3], [4]]);
  expect([...first].map(({ records }) => idsIn(records))).toEqual([[2, 3], [4]]);
});

it('a follower gets the beginning, the pages one by one, the end, and then what happened meanwhile', async () => {
  const log = new EventLog('host-1', () => new Date(0));
  const { asked, pages } = pagesOf([0, 0, 0, 0], { bytes: 1e6, records: 2 });
  log.publish('env.deleted', { name: 'before' });
  const feed = log.follow({ name: 'ann', role: 'admin' }, () => ({ host: testHost(), pages }), undefined, undefined);
  const kinds: string[] = [];
  const next = async () => {
    const { value } = await feed.next();
    kinds.push(value?.kind ?? 'none');
    return value;
  };
  expect(await next()).toMatchObject({ kind: 'snapshot', revision: 1, counts: { operations: 4 } });
  expect(asked).toEqual([]);
  await next();
  log.publish('env.deleted', { name: 'meanwhile' });
  expect(Math.max(...asked)).toBe(2);
  await next();
  expect(await next()).toMatchObject({ kind: 'snapshotEnd', revision: 1 });
  expect(await next()).toMatchObject({ kind: 'event', event: { revision: 2 } });
  expect(kinds).toEqual(['snapshot', 'page', 'page', 'snapshotEnd', 'event']);
  await feed.return();
  expect(log.followerCount).toBe(0);
});

it('a follower that goes away in the middle of a picture costs nothing more', async () => {
  const log = new EventLog('host-1', () => new Date(0));
  const { asked, pages } = pagesOf([0, 0, 0, 0], { bytes: 1e6, records: 1 });
  const stop = new AbortController();
  const feed = log.follow({ name: 'ann', role: 'admin' }, () => ({ host: testHost(), pages }), undefined, stop.signal);
  await feed.next();
  await feed.next();
  stop.abort();
  expect((await feed.next()).done).toBe(true);
  expect([log.followerCount, Math.max(...asked)]).toEqual([0, 1]);
});

it('whoever has missed more events than are held for replay gets a picture, and is not cut off by the next event', async () => {
  const log = new EventLog('host-1', () => new Date(0));
  for (let index = 0; index < 8192; index++) log.publish('env.deleted', { name: 'x' });
  const picture = () => ({ host: testHost(), pages: new Pages(noRecords) });
  const reader = { name: 'ann', role: 'admin' } as const;
  const begin = async (revision: number) => {
    const feed = log.follow(reader, picture, { revision, source: log.source }, undefined);
    const { value } = await feed.next();
    await feed.return();
    return value?.kind;
  };
  expect([await begin(0), await begin(4095), await begin(4096)]).toEqual(['snapshot', 'snapshot', 'event']);
});
