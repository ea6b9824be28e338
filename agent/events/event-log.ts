// Numbers every event, keeps the latest ones for clients that were disconnected, and feeds followers.
import { randomUUID } from 'node:crypto';
import {
  type EventData,
  type EventSource,
  type EventType,
  type EnvMetrics,
  eventSchema,
  type FeedItem,
  feedItemSchema,
  type Metrics,
  type MetricsChoice,
  metricsSchema,
  type TtEvent,
} from '@tt/protocol';
import { eventForOthers, seesAll } from '../access/for-others.ts';
import { briefEvent } from '../access/long-texts.ts';
import type { Reader } from '../access/owners.ts';
import type { Picture } from './pages.ts';

/** Events kept for reconnecting clients; older ones are replaced by a snapshot. */
const HELD_EVENTS = 4096;
/** A follower with this many unread events is disconnected: it reconnects and gets a snapshot. */
const MAX_WAITING_EVENTS = 8192;

/** An event, and its owners at that time: an ENV with the same name may belong to another user now. */
interface HeldEvent {
  event: TtEvent;
  owners: readonly string[];
  /** Made for the first who reads it; all who see the same get the same object, so that its text is made once. */
  whole: FeedItem | null;
  forOthers: FeedItem | null;
}

interface Follower {
  readerName: string;
  metrics: MetricsChoice;
  waiting: (HeldEvent | Extract<FeedItem, { kind: 'metrics' }>)[];
  wake: (() => void) | null;
  /** It has missed events, or would be shown others than before: it comes back, and gets a snapshot. */
  overflowed: boolean;
}

export class EventLog {
  readonly source: EventSource;
  readonly #now: () => Date;
  #revision = 0;
  #held: HeldEvent[] = [];
  readonly #followers = new Set<Follower>();
  /** By user: what was shown up to this revision was shown with other rights. */
  readonly #shownAnewAt = new Map<string, number>();
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

  /** `owners`: accounts (`ownersOf`) of those who see all of `data`, besides administrators. */
  publish<Type extends EventType>(type: Type, data: EventData<Type>, owners: readonly string[] = []): void {
    const event = {
      type,
      data,
      revision: ++this.#revision,
      source: this.source,
      at: this.#now().toISOString(),
    } as TtEvent;
    const held: HeldEvent = { event, owners, whole: null, forOthers: null };
    this.#held.push(held);
    if (this.#held.length > 2 * HELD_EVENTS) this.#held = this.#held.slice(-HELD_EVENTS);
    for (const listener of this.#listeners) listener(type);
    for (const follower of this.#followers) {
      if (follower.waiting.length >= MAX_WAITING_EVENTS) follower.overflowed = true;
      else follower.waiting.push(held);
      follower.wake?.();
    }
  }

  /**
   * Sends to present followers what each wants of them; no revision, never replayed. A slow follower only gets the newest.
   * `sums`: of each ENV; asked for only if somebody wants them.
   */
  publishMetrics(metrics: Metrics, sums: () => EnvMetrics[] = () => []): void {
    const made = new Map<MetricsChoice, Extract<FeedItem, { kind: 'metrics' }>>();
    // All who want the same get the same object, so that its text is made once.
    const itemOf = (choice: 'vms' | 'envs') => {
      const known = made.get(choice);
      if (known) return known;
      const told = choice === 'vms' ? metrics : { at: metrics.at, vms: [], envs: sums() };
      const item = { kind: 'metrics' as const, metrics: metricsSchema.parse(told) };
      made.set(choice, item);
      return item;
    };
    for (const follower of this.#followers) {
      if (follower.metrics === 'none') continue;
      const item = itemOf(follower.metrics);
      const last = follower.waiting.at(-1);
      if (last && 'kind' in last) follower.waiting[follower.waiting.length - 1] = item;
      else follower.waiting.push(item);
      follower.wake?.();
    }
  }

  /** These users see other things than before: their feeds end, and begin anew with a snapshot. */
  showAnew(userNames: readonly string[]): void {
    for (const name of userNames) this.#shownAnewAt.set(name, this.#revision);
    for (const follower of this.#followers) {
      if (!userNames.includes(follower.readerName)) continue;
      follower.overflowed = true;
      follower.wake?.();
    }
  }

  /** For parts of the agent whose state depends on others; called after the event has its revision. */
  onPublish(listener: (type: EventType) => void): void {
    this.#listeners.push(listener);
  }

  /**
   * A snapshot in pages (or the events after `after`, when all of them are still held), then every event, as `reader` may see
   * it; `picture` is of this moment and for that reader. The picture and the start of the following are one step, so nothing
   * falls in between. Each page is made when it is asked for: a follower that takes its time costs no more.
   * Ends when `signal` aborts or the follower is too slow.
   */
  async *follow(
    reader: Reader,
    picture: () => Picture,
    after: { revision: number; source: EventSource } | undefined,
    signal: AbortSignal | undefined,
    metrics: MetricsChoice = 'vms',
  ): AsyncGenerator<FeedItem, void, void> {
    const missed = this.#missedSince(after, reader);
    const follower: Follower = {
      readerName: reader.name,
      metrics,
      waiting: missed ?? [],
      wake: null,
      overflowed: false,
    };
    const beginning = missed ? null : { picture: picture(), revision: this.#revision };
    this.#followers.add(follower);
    const wake = () => follower.wake?.();
    signal?.addEventListener('abort', wake);
    const goesOn = () => !signal?.aborted && !follower.overflowed;
    try {
      if (beginning) yield* whilst(goesOn, this.#snapshot(beginning.picture, beginning.revision));
      while (goesOn()) {
        const next = follower.waiting.shift();
        if (next) {
          yield 'kind' in next ? next : itemFor(reader, next);
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

  /** null when not all of them are held any more, or are too many (then a snapshot is less), or were shown with other rights. */
  #missedSince(after: { revision: number; source: EventSource } | undefined, { name }: Reader): HeldEvent[] | null {
    if (after?.source.epoch !== this.source.epoch || after.revision <= (this.#shownAnewAt.get(name) ?? -1)) return null;
    const count = this.#revision - after.revision;
    if (count > Math.min(this.#held.length, HELD_EVENTS)) return null;
    return count > 0 ? this.#held.slice(-count) : [];
  }

  *#snapshot(picture: Picture, revision: number): Generator<FeedItem, void, void> {
    const { host, pages } = picture;
    const { source } = this;
    yield feedItemSchema.parse({ kind: 'snapshot', revision, source, host, counts: pages.counts });
    yield* pages.each();
    yield { kind: 'snapshotEnd', revision, source };
  }
}

/** The items, none of which is made once `goesOn` says no. */
function* whilst<Item>(goesOn: () => boolean, items: Generator<Item, void, void>): Generator<Item, void, void> {
  while (goesOn()) {
    const { value, done } = items.next();
    if (done) return;
    yield value;
  }
}

/** The event as this reader may see it, and as the contract draws it. */
function itemFor(reader: Reader, held: HeldEvent): FeedItem {
  if (seesAll(reader, held.owners)) {
    if (!held.whole) {
      held.event = eventSchema.parse(briefEvent(held.event));
      held.whole = { kind: 'event', event: held.event };
    }
    return held.whole;
  }
  held.forOthers ??= { kind: 'event', event: eventSchema.parse(briefEvent(eventForOthers(held.event))) };
  return held.forOthers;
}
