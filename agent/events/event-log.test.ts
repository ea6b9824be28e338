// The event log: every revision exactly once and in order, for every reconnecting client, with bounded memory.
import type { FeedItem, MetricsChoice } from '@tt/protocol';
import { describe, expect, it, vi } from 'vitest';
import { EventLog } from './event-log.ts';
import { Pages } from './pages.ts';
import { noRecords, testHost } from './test-picture.ts';

const now = () => new Date('2026-11-21T10:00:00.000Z');

function makeLog() {
  const log = new EventLog('host-1', now);
  const publish = (count: number) => {
    for (let i = 0; i < count; i++) log.publish('env.deleted', { name: `env-${log.revision + 1}` });
  };
  const follow = (revision?: number, signal?: AbortSignal, epoch = log.source.epoch, metrics?: MetricsChoice) => {
    const after = revision === undefined ? undefined : { revision, source: { hostId: 'host-1', epoch } };
    return log.follow(
      { name: 'local', role: 'admin' },
      () => ({ host: testHost(), pages: new Pages(noRecords) }),
      after,
      signal,
      metrics,
    );
  };
  return { log, publish, follow };
}

/** `s4` for a snapshot at revision 4 that has come whole, `5` for event 5, `f` for metrics; nothing for what comes before. */
function text(item: FeedItem): string | null {
  if (item.kind === 'metrics') return 'f';
  if (item.kind === 'event') return String(item.event.revision);
  return item.kind === 'snapshotEnd' ? `s${item.revision}` : null;
}

async function take(feed: AsyncGenerator<FeedItem>, count: number): Promise<string[]> {
  const taken: string[] = [];
  while (taken.length < count) {
    const next = await feed.next();
    if (next.done) return [...taken, 'end'];
    const word = text(next.value);
    if (word !== null) taken.push(word);
  }
  return taken;
}

describe('an event', () => {
  it('carries its data, a revision of its own, its source and its time', async () => {
    const { log, publish, follow } = makeLog();
    publish(1);
    const { value } = await follow(0).next();
    expect(value).toEqual({
      kind: 'event',
      event: {
        type: 'env.deleted',
        data: { name: 'env-1' },
        revision: 1,
        source: { hostId: 'host-1', epoch: log.source.epoch },
        at: '2026-11-21T10:00:00.000Z',
      },
    });
  });

  it('comes from another epoch in each life of the agent', () => {
    expect(makeLog().log.source.epoch).not.toBe(makeLog().log.source.epoch);
  });
});

describe('following', () => {
  it('begins with a snapshot taken in the same instant as the following begins', async () => {
    const { publish, follow } = makeLog();
    publish(3);
    const feed = follow();
    const first = feed.next();
    publish(2);
    expect((await first).value).toMatchObject({ kind: 'snapshot', revision: 3 });
    expect(await take(feed, 3)).toEqual(['s3', '4', '5']);
  });

  it('goes on where the client was cut off, from any revision that is still held', async () => {
    const { publish, follow } = makeLog();
    publish(5);
    expect(await take(follow(0), 5)).toEqual(['1', '2', '3', '4', '5']);
    expect(await take(follow(3), 2)).toEqual(['4', '5']);
    const upToDate = follow(5);
    const next = take(upToDate, 1);
    publish(1);
    expect(await next).toEqual(['6']);
  });

  it('begins anew for a client of an earlier life, and for one that was away too long', async () => {
    const { publish, follow } = makeLog();
    publish(10);
    expect(await take(follow(10, undefined, 'earlier'), 1)).toEqual(['s10']);
    publish(8183);
    // 8193 events were told, the latest 4096 are held: 4097 is the last one a client may miss.
    expect(await take(follow(4096), 1)).toEqual(['s8193']);
    expect(await take(follow(4097), 1)).toEqual(['4098']);
  });

  it('never tells an event twice or leaves one out, however the client and the agent take turns', async () => {
    const { log, publish, follow } = makeLog();
    const feed = follow(0);
    const seen: string[] = [];
    for (let round = 1; round <= 40; round++) {
      publish((round * 7) % 5);
      seen.push(...(await take(feed, Math.min((round * 3) % 4, log.revision - seen.length))));
    }
    seen.push(...(await take(feed, log.revision - seen.length)));
    expect(seen).toEqual(Array.from({ length: log.revision }, (_, index) => String(index + 1)));
  });

  it('cuts off a follower that does not keep up, and then forgets it', async () => {
    const { log, publish, follow } = makeLog();
    const slow = follow();
    expect(await take(slow, 1)).toEqual(['s0']);
    const ready = follow();
    expect(await take(ready, 1)).toEqual(['s0']);
    publish(8192);
    expect(await take(ready, 8192)).toHaveLength(8192);
    expect(log.followerCount).toBe(2);
    publish(1);
    expect(await take(ready, 1)).toEqual(['8193']);
    expect(await take(slow, 1)).toEqual(['end']);
    expect(log.followerCount).toBe(1);
  });

  it('ends when its signal aborts, waiting or not, and leaves no listener behind', async () => {
    const { log, publish, follow } = makeLog();
    const abort = new AbortController();
    const waiting = follow(0, abort.signal);
    const next = take(waiting, 1);
    abort.abort();
    expect(await next).toEqual(['end']);
    expect(await take(follow(undefined, abort.signal), 1)).toEqual(['end']);
    const left = follow();
    expect(await take(left, 1)).toEqual(['s0']);
    await left.return();
    publish(1);
    expect(log.followerCount).toBe(0);
  });
});

it('gives metrics to those who follow right now, the newest only to one who is slow, and never again', async () => {
  const { log, publish, follow } = makeLog();
  const metrics = (second: string) => ({ at: `2026-11-21T10:00:0${second}.000Z`, vms: [] });
  log.publishMetrics(metrics('0'));
  const feed = follow();
  expect(await take(feed, 1)).toEqual(['s0']);
  log.publishMetrics(metrics('1'));
  log.publishMetrics(metrics('2'));
  publish(1);
  log.publishMetrics(metrics('3'));
  const first = await feed.next();
  expect(first.value).toEqual({ kind: 'metrics', metrics: metrics('2') });
  expect(await take(feed, 2)).toEqual(['1', 'f']);
  expect(await take(follow(0), 1)).toEqual(['1']);
});

it('gives each follower the metrics it wants, and sums up only if somebody wants sums', async () => {
  const { log, follow } = makeLog();
  const vm = {
    vmId: 'a',
    cpuPercent: 1,
    memoryBytes: 2,
    memoryProportionalBytes: null,
    diskReadBytesPerS: null,
    diskWrittenBytesPerS: null,
    networkReceivedBytesPerS: null,
    networkSentBytesPerS: null,
  };
  const metrics = { at: '2026-11-30T10:00:00.000Z', vms: [vm] };
  const envs = [{ envName: 'e', cpuPercent: 1, memoryBytes: 2 }];
  const sums = vi.fn(() => envs);
  const [whole, alsoWhole] = [follow(), follow()];
  for (const feed of [whole, alsoWhole]) expect(await take(feed, 1)).toEqual(['s0']);
  log.publishMetrics(metrics, sums);
  const item = { kind: 'metrics', metrics };
  const [first, second] = [await whole.next(), await alsoWhole.next()];
  expect([first.value, first.value === second.value, sums.mock.calls.length]).toEqual([item, true, 0]);

  const choosing = (choice: MetricsChoice) => follow(undefined, undefined, undefined, choice);
  const [summed, silent] = [choosing('envs'), choosing('none')];
  for (const feed of [summed, silent]) expect(await take(feed, 1)).toEqual(['s0']);
  log.publishMetrics(metrics, sums);
  log.publish('env.deleted', { name: 'x' });
  expect((await whole.next()).value).toEqual(item);
  expect((await summed.next()).value).toEqual({ kind: 'metrics', metrics: { at: metrics.at, vms: [], envs } });
  expect(await take(silent, 1)).toEqual(['1']);
  expect(sums).toHaveBeenCalledTimes(1);
});
