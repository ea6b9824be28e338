// One follower's feed, passed on from the agent. oRPC keeps what arrives until somebody takes it, so the connection is read no
// faster than the follower takes it: a window that stalls makes the agent wait, and nothing piles up in between, in the proxy or
// in the main process of the desktop.
import type { FeedItem, TtClient } from '@tt/protocol';
import type { NodeConnection } from './connect.ts';

/** `own` carries this feed and nothing else; it is closed with it. */
export async function* passFeed(
  own: Pick<NodeConnection, 'client' | 'pause' | 'resume' | 'close'>,
  input: Parameters<TtClient['event']['follow']>[0],
  signal: AbortSignal | undefined,
): AsyncGenerator<FeedItem, void, void> {
  try {
    for await (const item of await own.client.event.follow(input, signal ? { signal } : {})) {
      own.pause();
      yield item;
      own.resume();
    }
  } finally {
    // A socket that is not read would not see the answer to its close.
    own.resume();
    own.close();
  }
}
