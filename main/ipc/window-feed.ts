// The feed of a window: read from the agent no faster than the window reads, by a connection of its own, so that one that stalls (or
// waits in a debugger) makes the agent wait, and neither main grows nor another window waits.
import { type NodeConnection, passFeed } from '@tt/client/node';
import type { FeedItem, TtClient } from '@tt/protocol';

/** `hasSpace` resolves when the window may be sent more; `own` carries this feed and nothing else. */
export async function* windowFeed(
  own: Pick<NodeConnection, 'client' | 'pause' | 'resume' | 'close'>,
  hasSpace: () => Promise<void>,
  input: Parameters<TtClient['event']['follow']>[0],
  signal: AbortSignal | undefined,
): AsyncGenerator<FeedItem, void, void> {
  for await (const item of passFeed(own, input, signal)) {
    yield item;
    await hasSpace();
  }
}
