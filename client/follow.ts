// Snapshot-then-follow: keeps a client's copy of the agent's state current across disconnects. After a disconnect it asks only
// for the missed events; the agent sends those, or a new snapshot if it no longer has them.
import { type EventSource, type FeedItem, type MetricsChoice, type TtClient, TtError } from '@tt/protocol';

export interface LinkState {
  up: boolean;
  /** Why it is down; null while it is up. */
  error: TtError | null;
  /** When the next attempt starts; null while it is up or an attempt is running. */
  retryAt: Date | null;
}

export interface FollowOptions {
  client: { event: Pick<TtClient['event'], 'follow'> };
  /** Abort it to stop following; the promise then resolves. */
  signal: AbortSignal;
  onItem: (item: FeedItem) => void;
  onLink: (state: LinkState) => void;
  /** Default: those of each VM. An older agent, or one behind an older proxy, sends those of each VM whatever is asked for. */
  metrics?: MetricsChoice;
  /** Waits between tries; default 250 ms doubling to 5 s. Tests pass their own. */
  backoffMs?: (attempt: number) => number;
}

/** Follows until aborted. Never rejects for a broken link; rejects only when `onItem` throws. */
export async function followState(options: FollowOptions): Promise<void> {
  const { client, signal } = options;
  const backoffMs = options.backoffMs ?? ((attempt) => Math.min(250 * 2 ** attempt, 5000));
  let seen: Position;
  let attempt = 0;
  let isOlder = false;
  while (!signal.aborted) {
    let ownFault: unknown;
    try {
      const choice = options.metrics && !isOlder ? { metrics: options.metrics } : {};
      const feed = await client.event.follow({ ...(seen && { after: seen }), ...choice }, { signal });
      let up = false;
      const tellUp = () => {
        attempt = 0;
        if (!up) options.onLink({ up: true, error: null, retryAt: null });
        up = true;
      };
      // Who comes back has a picture already, and there may be no news for long.
      if (seen) tellUp();
      for await (const item of feed) {
        if (!isNews(item, seen)) continue;
        seen = seenAfter(item, seen);
        try {
          options.onItem(item);
        } catch (error) {
          ownFault = error;
          throw error;
        }
        // The beginning of a snapshot shows nothing yet.
        if (item.kind !== 'snapshot') tellUp();
      }
      if (signal.aborted) return;
      throw new TtError('AGENT_GONE', { call: 'event.follow' });
    } catch (error) {
      if (ownFault !== undefined) throw ownFault;
      if (signal.aborted) return;
      if (options.metrics && !isOlder && error instanceof TtError && error.code === 'INPUT_INVALID') {
        isOlder = true;
        continue;
      }
      // Who answers next time may be newer.
      isOlder = false;
      const waitMs = backoffMs(attempt++);
      const known =
        error instanceof TtError ? error : new TtError('AGENT_GONE', { call: 'event.follow' }, { cause: error });
      options.onLink({ up: false, error: known, retryAt: new Date(Date.now() + waitMs) });
      await waitUnlessAborted(waitMs, signal);
    }
  }
}

type Position = { revision: number; source: EventSource } | undefined;

/** False for an event that was already seen (its agent may repeat, never skip). */
function isNews(item: FeedItem, seen: Position): boolean {
  if (item.kind !== 'event' || !seen) return true;
  return item.event.source.epoch !== seen.source.epoch || item.event.revision > seen.revision;
}

/** Nothing, from the beginning of a snapshot to its end: a link that is cut in between needs a new one. */
function seenAfter(item: FeedItem, seen: Position): Position {
  switch (item.kind) {
    case 'snapshot':
      return undefined;
    case 'snapshotEnd':
      return { revision: item.revision, source: item.source };
    case 'event':
      return { revision: item.event.revision, source: item.event.source };
    case 'page':
    case 'metrics':
      return seen;
    default:
      return item satisfies never;
  }
}

function waitUnlessAborted(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
