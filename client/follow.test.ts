// Snapshot-then-follow with a feed the test controls: disconnects, repeats, restarts, and ends.
import { type FeedItem, type Host, type TtClient, TtError } from '@tt/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type FollowOptions, followState, type LinkState } from './follow.ts';

const source = (epoch: string) => ({ hostId: 'h', epoch });
const none = { envs: 0, vms: 0, snapshots: 0, images: 0, labs: 0, profiles: 0, templates: 0, operations: 0 };
const beginning = (revision: number, epoch = 'one'): FeedItem => ({
  kind: 'snapshot',
  revision,
  source: source(epoch),
  host: {} as Host,
  counts: none,
});
const page: FeedItem = { kind: 'page', records: {} };
/** The end of a snapshot: from there on it has been seen. */
const snapshot = (revision: number, epoch = 'one'): FeedItem => ({
  kind: 'snapshotEnd',
  revision,
  source: source(epoch),
});
const event = (revision: number, epoch = 'one'): FeedItem => ({
  kind: 'event',
  event: { type: 'env.deleted', data: { name: 'x' }, revision, source: source(epoch), at: '2026-11-21T10:00:00.000Z' },
});
const gone = new TtError('AGENT_GONE', { call: 'event.follow' });
const unreachable = new TtError('AGENT_UNREACHABLE', { url: 'http://x' });

/** What one call of `event.follow` does: fail at once, or yield and then end, fail, or stay open. */
type Feed = { refuse: unknown } | { items: FeedItem[]; ends: 'well' | 'never' | { fail: unknown } };

interface Following {
  asked: unknown[];
  seen: string[];
  links: string[];
  done: Promise<void>;
  abort: AbortController;
}

function following(feeds: Feed[], options: Partial<FollowOptions> = {}): Following {
  const abort = new AbortController();
  const asked: unknown[] = [];
  const seen: string[] = [];
  const links: string[] = [];
  const follow = async (input: unknown, { signal }: { signal: AbortSignal }) => {
    asked.push(input);
    const feed = feeds.shift() ?? { items: [], ends: 'never' };
    if ('refuse' in feed) throw feed.refuse;
    return play(feed, signal);
  };
  const client = { event: { follow } } as unknown as TtClient;
  const done = followState({
    client,
    signal: abort.signal,
    onItem(item) {
      seen.push(textOf(item));
    },
    onLink: (state) => links.push(linkText(state)),
    ...options,
  });
  return { asked, seen, links, done, abort };
}

function textOf(item: FeedItem): string {
  if (item.kind === 'metrics') return `metrics ${item.metrics.at}`;
  if (item.kind === 'event') return `event ${item.event.revision}`;
  if (item.kind === 'page') return 'page';
  return `${item.kind === 'snapshot' ? 'beginning' : 'snapshot'} ${item.revision}`;
}

async function* play(feed: Extract<Feed, { items: FeedItem[] }>, signal: AbortSignal): AsyncGenerator<FeedItem> {
  yield* feed.items;
  if (feed.ends === 'well') return;
  if (feed.ends !== 'never') throw feed.ends.fail;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
}

function linkText({ up, error, retryAt }: LinkState): string {
  return up ? 'up' : `${error?.code}, again in ${(retryAt?.getTime() ?? 0) - Date.now()} ms`;
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

describe('following', () => {
  it('asks after a cut for what it missed, and passes on nothing twice', async () => {
    const { asked, seen, done, abort } = following([
      { items: [snapshot(4), event(5)], ends: { fail: gone } },
      { items: [event(4), event(5), event(6)], ends: 'never' },
    ]);
    await vi.advanceTimersByTimeAsync(250);
    expect(asked).toEqual([{}, { after: { revision: 5, source: source('one') } }]);
    expect(seen).toEqual(['snapshot 4', 'event 5', 'event 6']);
    abort.abort();
    await done;
  });

  it('asks for a whole snapshot again after one that was cut in the middle, whatever was seen before', async () => {
    const { asked, seen, links, done, abort } = following([
      { items: [beginning(4), page, snapshot(4), event(5)], ends: { fail: gone } },
      { items: [beginning(9, 'two'), page], ends: { fail: gone } },
      { items: [beginning(10, 'two'), page, snapshot(10, 'two')], ends: 'never' },
    ]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked).toEqual([{}, { after: { revision: 5, source: source('one') } }, {}]);
    expect(seen.slice(4)).toEqual(['beginning 9', 'page', 'beginning 10', 'page', 'snapshot 10']);
    expect(links.filter((link) => link === 'up')).toHaveLength(3);
    abort.abort();
    await done;
  });

  it('says that the link is up when there is something to show, not at the beginning of a snapshot', async () => {
    const { seen, links, done, abort } = following([{ items: [beginning(4)], ends: 'never' }]);
    await vi.advanceTimersByTimeAsync(0);
    expect([seen, links]).toEqual([['beginning 4'], []]);
    abort.abort();
    await done;
  });

  it('says which metrics it wants, and follows an older agent without, until the link is made anew', async () => {
    const older = new TtError('INPUT_INVALID', { summary: 'metrics', issues: [] });
    const { asked, links, abort, done } = following(
      [{ refuse: older }, { items: [snapshot(4)], ends: { fail: gone } }, { items: [event(5)], ends: 'never' }],
      { metrics: 'envs', backoffMs: () => 0 },
    );
    await vi.advanceTimersByTimeAsync(10);
    expect(asked).toEqual([
      { metrics: 'envs' },
      {},
      { after: { revision: 4, source: source('one') }, metrics: 'envs' },
    ]);
    // That it is older is no trouble of the link.
    expect(links[0]).toBe('up');
    abort.abort();
    await done;
  });

  it('does not ask again at once when it is refused for another reason', async () => {
    const refused = new TtError('INPUT_INVALID', { summary: 'after', issues: [] });
    const { asked, links, abort, done } = following([{ refuse: refused }, { refuse: refused }], {
      metrics: 'envs',
      backoffMs: () => 60_000,
    });
    await vi.advanceTimersByTimeAsync(10);
    expect([asked.length, links.length]).toEqual([2, 1]);
    abort.abort();
    await done;
  });

  it('passes metrics on, which count for nothing: after a cut it asks from the last event', async () => {
    const metrics: FeedItem = { kind: 'metrics', metrics: { at: 'now', vms: [] } };
    const { asked, seen, done, abort } = following([
      { items: [metrics, snapshot(4), event(5), metrics], ends: { fail: gone } },
      { items: [metrics, event(6)], ends: 'never' },
    ]);
    await vi.advanceTimersByTimeAsync(250);
    expect(asked.at(-1)).toEqual({ after: { revision: 5, source: source('one') } });
    expect(seen).toEqual(['metrics now', 'snapshot 4', 'event 5', 'metrics now', 'metrics now', 'event 6']);
    abort.abort();
    await done;
  });

  it('takes a new life of the agent for what it is: low revisions are news again', async () => {
    const { seen, asked, done, abort } = following([
      { items: [snapshot(90), event(91)], ends: 'well' },
      { items: [snapshot(2, 'two'), event(3, 'two')], ends: 'well' },
      { items: [event(4, 'two')], ends: 'never' },
    ]);
    await vi.advanceTimersByTimeAsync(500);
    expect(seen).toEqual(['snapshot 90', 'event 91', 'snapshot 2', 'event 3', 'event 4']);
    expect(asked.at(-1)).toEqual({ after: { revision: 3, source: source('two') } });
    abort.abort();
    await done;
  });

  it('says that the link is up again as soon as it is, not when something happens', async () => {
    const { links, done, abort } = following([
      { items: [snapshot(1)], ends: { fail: gone } },
      { items: [], ends: 'never' },
    ]);
    await vi.advanceTimersByTimeAsync(250);
    expect(links).toEqual(['up', 'AGENT_GONE, again in 250 ms', 'up']);
    abort.abort();
    await done;
  });

  it('waits longer each time nobody answers, up to five seconds, and is patient no more once somebody did', async () => {
    const refusals: Feed[] = Array.from({ length: 7 }, () => ({ refuse: unreachable }));
    const { links, asked, done, abort } = following([...refusals, { items: [snapshot(1)], ends: 'well' }]);
    await vi.advanceTimersByTimeAsync(60_000);
    const waits = links.map((text) => /again in (\d+)/.exec(text)?.[1] ?? text);
    expect(waits).toEqual(['250', '500', '1000', '2000', '4000', '5000', '5000', 'up', '250', 'up']);
    expect(asked).toHaveLength(9);
    abort.abort();
    await done;
  });

  it('calls a failure without a code AGENT_GONE', async () => {
    const { links, done, abort } = following([{ refuse: new TypeError('socket hang up') }]);
    await vi.advanceTimersByTimeAsync(0);
    expect(links).toEqual(['AGENT_GONE, again in 250 ms']);
    abort.abort();
    await done;
  });

  it('ends at once when aborted: before the call, while it waits, and in the middle of the feed', async () => {
    const signal = AbortSignal.abort();
    await following([], { signal }).done;
    const waiting = following([{ refuse: unreachable }]);
    await vi.advanceTimersByTimeAsync(0);
    waiting.abort.abort();
    await waiting.done;
    const open = following([{ items: [snapshot(1)], ends: 'never' }]);
    await vi.advanceTimersByTimeAsync(0);
    open.abort.abort();
    await open.done;
    expect([waiting.asked.length, open.asked.length, open.links]).toEqual([1, 1, ['up']]);
  });

  it('gives up when its own listener throws: a fault of the program is not a broken link', async () => {
    const fault = new Error('a store broke');
    const { done, asked } = following([{ items: [snapshot(1)], ends: 'never' }], {
      onItem: () => {
        throw fault;
      },
    });
    await expect(done).rejects.toBe(fault);
    expect(asked).toHaveLength(1);
  });
});
