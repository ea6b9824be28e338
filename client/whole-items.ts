// The feed with its pages put together, for those who can do nothing with half a snapshot: commands, tests.
import type { EventSource, FeedItem, PageRecords, StateSnapshot } from '@tt/protocol';

/** Everything at one revision. */
export interface WholeSnapshot {
  kind: 'snapshot';
  revision: number;
  source: EventSource;
  state: StateSnapshot;
}

export type WholeItem = WholeSnapshot | Extract<FeedItem, { kind: 'event' | 'metrics' }>;

/** Puts the pages of one feed together. */
export class WholeItems {
  #state: StateSnapshot | null = null;

  /** The next item, in the order of the feed; null while a snapshot is not complete. */
  take(item: FeedItem): WholeItem | null {
    switch (item.kind) {
      case 'snapshot':
        this.#state = emptyState(item.host);
        return null;
      case 'page':
        if (this.#state) add(this.#state, item.records);
        return null;
      case 'snapshotEnd': {
        const state = this.#state;
        this.#state = null;
        return state && { kind: 'snapshot', revision: item.revision, source: item.source, state };
      }
      case 'event':
      case 'metrics':
        return item;
      default:
        return item satisfies never;
    }
  }
}

/** The feed, with each snapshot as one item. */
export async function* wholeItems(feed: AsyncIterable<FeedItem>): AsyncGenerator<WholeItem, void, void> {
  const items = new WholeItems();
  for await (const item of feed) {
    const whole = items.take(item);
    if (whole) yield whole;
  }
}

function emptyState(host: StateSnapshot['host']): StateSnapshot {
  return { host, envs: [], vms: [], snapshots: [], images: [], labs: [], profiles: [], templates: [], operations: [] };
}

function add(state: StateSnapshot, records: PageRecords): void {
  state.envs.push(...(records.envs ?? []));
  state.vms.push(...(records.vms ?? []));
  state.snapshots.push(...(records.snapshots ?? []));
  state.images.push(...(records.images ?? []));
  state.labs.push(...(records.labs ?? []));
  state.profiles.push(...(records.profiles ?? []));
  state.templates.push(...(records.templates ?? []));
  state.operations.push(...(records.operations ?? []));
}
