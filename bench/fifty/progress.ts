// What somebody sees of a call that takes long: the progress of its operation in the feed.
import type { FeedItem, TtClient } from '../../protocol/index.ts';

export interface Progress {
  /** Until it was first said how many of the guests run. */
  firstMs: number;
  /** The longest time without news of it, from then to its end. */
  silenceMs: number;
  steps: number;
}

/** Follows from now on; call what it resolves with when the call has answered. */
export async function watchProgress(client: TtClient, begunMs: number): Promise<() => Progress> {
  const following = new AbortController();
  const times: number[] = [];
  const feed = await client.event.follow({}, { signal: following.signal });
  const ready = Promise.withResolvers<void>();
  const listen = async () => {
    for await (const item of feed) {
      if (item.kind === 'snapshotEnd') ready.resolve();
      if (isStarting(item)) times.push(performance.now() - begunMs);
    }
  };
  const listening = listen().catch((error: unknown) => {
    ready.reject(error);
    if (!following.signal.aborted) throw error;
  });
  await ready.promise;
  return () => {
    following.abort();
    void listening;
    const [firstMs] = times;
    if (firstMs === undefined) throw new Error('no progress was told');
    const all = [...times, performance.now() - begunMs];
    const silenceMs = Math.max(...all.slice(1).map((time, index) => time - (all[index] ?? time)));
    return { firstMs, silenceMs, steps: times.length };
  };
}

function isStarting(item: FeedItem): boolean {
  return (
    item.kind === 'event' &&
    item.event.type === 'operation.updated' &&
    item.event.data.kind === 'env.create' &&
    item.event.data.step?.code === 'startingVms'
  );
}
