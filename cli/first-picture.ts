// Everything on the server at one revision: the start of its feed. Separate lists would show different times.
import { wholeItems } from '@tt/client';
import { type StateSnapshot, type TtClient, TtError } from '@tt/protocol';

/** Rejects with AGENT_GONE when the feed ends before it began. */
export async function firstPicture(client: TtClient): Promise<StateSnapshot> {
  const following = new AbortController();
  try {
    for await (const item of wholeItems(await client.event.follow({}, { signal: following.signal }))) {
      if (item.kind === 'snapshot') return item.state;
    }
  } finally {
    following.abort();
  }
  throw new TtError('AGENT_GONE', { call: 'event.follow' });
}
