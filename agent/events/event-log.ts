// Numbers every event, keeps the latest ones for clients that were disconnected, and feeds followers.
import { randomUUID } from 'node:crypto';
import type { EventData, EventSource, EventType, FeedItem, Metrics, StateSnapshot, TtEvent } from '@tt/protocol';
import { eventForOthers, type Reader, seesAll } from '../access/for-others.ts';

/** Events kept for reconnecting clients; older ones are replaced by a snapshot. */
const HELD_EVENTS = 4096;
/** A follower with this many unread events is disconnected: it reconnects and gets a snapshot. */
const MAX_WAITING_EVENTS = 8192;

/** An event, and its owner at that time: an ENV with the same name may belong to another user now. */
interface HeldEvent {
  event: TtEvent;
  owners: readonly string[];
  /** Made when the first of the others reads it. */
  forOthers: TtEvent | null;
}

interface Follower {
  reader: Reader;
  waiting: FeedItem[];
  wake: (() => void) | null;
  overflowed: boolean;
}

export class EventLog {
  readonly source: EventSource;
  readonly #now: () => Date;
  #revision = 0;
  #held: HeldEvent[] = [];
  readonly #followers = new Set<Follower>();
  readonly #listeners: ((type: EventType) => void)[] = [];

  constructor(hostId: string, now: () => Date) {
    this.source = { hostId, epoch: randomUUID() };
    this.#now = now;
  }

  get revision(): number {
    return this.#revision;
  }

  get followerCount(): number {
    return this.#followers.size;
  }

  /** `owners`: names of those who see all of `data`, besides administrators. */
  publish<Type extends EventType>(type: Type, data: EventData<Type>, owners: readonly string[] = []): void {
    const event = {
      type,
      data,
      revision: ++this.#revision,
      source: this.source,
      at: this.#now().toISOString(),
    } as TtEvent;
    const held: HeldEvent = { event, owners, forOthers: null };
    this.#held.push(held);
    if (this.#held.length > 2 * HELD_EVENTS) this.#held = this.#held.slice(-HELD_EVENTS);
    for (const listener of this.#listeners) listener(type);
    for (const follower of this.#followers) {
      if (follower.waiting.length >= MAX_WAITING_EVENTS) follower.overflowed = true;
      else follower.waiting.push(itemFor(follower.reader, held));
      follower.wake?.();
    }
  }

  /** Sends to present followers; no revision, never replayed. A slow follower only gets the newest. */
  publishMetrics(metrics: Metrics): void {
    for (const follower of this.#followers) {
      const last = follower.waiting.at(-1);
      if (last?.kind === 'metrics') last.metrics = metrics;
      else follower.waiting.push({ kind: 'metrics', metrics });
      follower.wake?.();
    }
  }

  /** For parts of the agent whose state depends on others; called after the event has its revision. */
  onPublish(listener: (type: EventType) => void): void {
    this.#listeners.push(listener);
  }

  /**
   * A snapshot (or the events after `after`, if all of them are still kept), then every event, as `reader` may see it;
   * `picture` is made for that reader. Taking the snapshot and starting to follow are one step, so no event is lost in between.
   * Ends when `signal` aborts or the follower is too slow.
   */
  async *follow(
    reader: Reader,
    picture: () => StateSnapshot,
    after: { revision: number; source: EventSource } | undefined,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<FeedItem, void, void> {
    const follower: Follower = { reader, waiting: this.#start(reader, picture, after), wake: null, overflowed: false };
    this.#followers.add(follower);
    const wake = () => follower.wake?.();
    signal?.addEventListener('abort', wake);
    try {
      // oxlint-disable-next-line no-unmodified-loop-condition -- the caller aborts it
      while (!signal?.aborted && !follower.overflowed) {
        const item = follower.waiting.shift();
        if (item) {
          yield item;
          continue;
        }
        await new Promise<void>((resolve) => {
          follower.wake = resolve;
          if (signal?.aborted) resolve();
        });
        follower.wake = null;
      }
    } finally {
      signal?.removeEventListener('abort', wake);
      this.#followers.delete(follower);
    }
  }

  #start(
    reader: Reader,
    picture: () => StateSnapshot,
    after: { revision: number; source: EventSource } | undefined,
  ): FeedItem[] {
    const oldestHeld = this.#held[0]?.event.revision ?? this.#revision + 1;
    if (after && after.source.epoch === this.source.epoch && after.revision >= oldestHeld - 1) {
      return this.#held.filter(({ event }) => event.revision > after.revision).map((held) => itemFor(reader, held));
    }
    return [{ kind: 'snapshot', revision: this.#revision, source: this.source, state: picture() }];
  }
}

/** The event as this reader may see it. */
function itemFor(reader: Reader, held: HeldEvent): FeedItem {
  if (seesAll(reader, held.owners)) return { kind: 'event', event: held.event };
  held.forOthers ??= eventForOthers(held.event);
  return { kind: 'event', event: held.forOthers };
}
