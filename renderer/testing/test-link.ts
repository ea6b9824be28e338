// Test support: a Bridge to an agent of the test's own. Calls go over a real connection to the real contract router; a test may
// cut the link, ask as another user, and let the feed say something that would take the agent minutes to come to.
import {
  type Contract,
  contract,
  type EventData,
  type EventType,
  type FeedItem,
  type Metrics,
  type MetricsChoice,
  type TtClient,
  TtError,
  type TtEvent,
} from '@tt/protocol';
import type { TestConnection } from '../../agent/testing/in-process-agent.ts';
import type { Bridge } from '../bridge.ts';

type AnyCall = (input?: unknown, options?: { signal?: AbortSignal }) => Promise<unknown>;
type Follow = { after?: { revision: number; source: unknown }; metrics?: MetricsChoice };

export class TestLink implements Bridge {
  readonly kind = 'test';
  readonly login: Bridge['login'];
  readonly client: TtClient;
  #far: TestConnection;
  /** Feeds end, calls fail, as when the agent is gone. See `cut`. */
  isCut = false;
  #callsOnTheWay = 0;
  /** Events that only this link has said: those of the agent are numbered that much later. */
  #said = 0;
  #delivered = 0;
  #lastSource: TtEvent['source'] | null = null;
  readonly #feeds = new Set<Queue>();
  readonly #pumps = new Set<Promise<void>>();

  constructor(far: TestConnection, { login = null }: Partial<Pick<Bridge, 'login'>>) {
    this.#far = far;
    this.login = login;
    this.client = this.#makeClient();
  }

  openStream(ticket: string): ReturnType<Bridge['openStream']> {
    return this.#far.openStream(ticket);
  }

  /** As on the desktop. */
  readonly putRest = null;

  /** Addresses that were opened in windows of their own. */
  readonly windows: string[] = [];

  async openWindow(hash: string): Promise<boolean> {
    this.windows.push(hash);
    return true;
  }

  /** Its connection can wait: Node’s sockets can be paused. */
  openPacedStream(ticket: string): ReturnType<Bridge['openPacedStream']> {
    return Object.assign(this.#far.openStream(ticket), { dealtWith() {} });
  }

  /** Whose connection calls go over from now on. */
  become(far: TestConnection): void {
    this.#far = far;
  }

  /** True when no call waits for its answer, and every feed has told what the agent knew at `revision`. */
  isQuietAt(revision: number): boolean {
    return this.#callsOnTheWay === 0 && (this.#feeds.size === 0 || this.#delivered >= revision + this.#said);
  }

  /** Feeds end, calls fail, as when the agent is gone. */
  cut(): void {
    this.isCut = true;
    for (const feed of this.#feeds) feed.end(unreachable());
  }

  restore(): void {
    this.isCut = false;
  }

  /** Resolves when no feed is open any more; whoever followed must have ended that. */
  async allFeedsEnded(): Promise<void> {
    await Promise.all(this.#pumps);
  }

  /** Tells the window of an event as if the agent had. */
  say<Type extends EventType>(type: Type, data: EventData<Type>): void {
    this.#said++;
    for (const feed of this.#feeds) {
      const source = this.#lastSource;
      if (!source) throw new Error('the feed has not begun');
      const revision = feed.lastRevision + 1;
      feed.put({
        kind: 'event',
        event: { type, data, at: new Date().toISOString(), revision, source } as unknown as TtEvent,
      });
    }
  }

  /** The only metrics that its feeds tell. */
  sayMetrics(metrics: Metrics): void {
    for (const feed of this.#feeds) feed.put({ kind: 'metrics', metrics });
  }

  #makeClient(): TtClient {
    const groups = Object.entries(contract).map(([group, calls]) => {
      const names = Object.keys(calls);
      return [group, Object.fromEntries(names.map((name) => [name, this.#callOf(group as keyof Contract, name)]))];
    });
    return Object.fromEntries(groups) as TtClient;
  }

  #callOf(group: keyof Contract, name: string): AnyCall {
    const far = () => (this.#far.client[group] as unknown as Record<string, AnyCall>)[name];
    if (group === 'event' && name === 'follow') {
      return async (input, options) => this.#follow(input as Follow, options?.signal);
    }
    return async (input, options) => {
      if (this.isCut) throw unreachable();
      this.#callsOnTheWay++;
      try {
        return await far()?.(input, options);
      } finally {
        this.#callsOnTheWay--;
      }
    };
  }

  async #follow({ after, metrics }: Follow, signal: AbortSignal | undefined): Promise<AsyncGenerator<FeedItem>> {
    if (this.isCut) throw unreachable();
    const own = new AbortController();
    const far = this.#far.client.event.follow as unknown as AnyCall;
    const from = after && { ...after, revision: after.revision - this.#said };
    const items = (await far(
      { ...(from && { after: from }), ...(metrics && { metrics }) },
      {
        signal: signal ? AbortSignal.any([signal, own.signal]) : own.signal,
      },
    )) as AsyncIterable<FeedItem>;
    const queue = new Queue();
    this.#feeds.add(queue);
    signal?.addEventListener('abort', () => queue.end(null));
    const pump = this.#pump(items, queue).finally(() => this.#pumps.delete(pump));
    this.#pumps.add(pump);
    return this.#tell(queue, own);
  }

  async #pump(items: AsyncIterable<FeedItem>, queue: Queue): Promise<void> {
    try {
      // What is measured is said by the test, see `sayMetrics`: a round of the agent may come at any moment.
      for await (const item of items) if (item.kind !== 'metrics') queue.put(this.#renumbered(item));
      queue.end(null);
    } catch (error) {
      queue.end(error);
    }
  }

  async *#tell(queue: Queue, far: AbortController): AsyncGenerator<FeedItem> {
    try {
      for await (const item of queue.items()) {
        yield item;
        // Whoever asks for the next has taken this one in.
        if (item.kind === 'snapshotEnd' || item.kind === 'event') this.#delivered = revisionOf(item) ?? 0;
      }
    } finally {
      this.#feeds.delete(queue);
      far.abort();
    }
  }

  #renumbered(item: Exclude<FeedItem, { kind: 'metrics' }>): FeedItem {
    if (item.kind === 'page') return item;
    this.#lastSource = item.kind === 'event' ? item.event.source : item.source;
    if (item.kind !== 'event') return { ...item, revision: item.revision + this.#said };
    return { ...item, event: { ...item.event, revision: item.event.revision + this.#said } };
  }
}

/** What a feed has still to tell. */
class Queue {
  lastRevision = 0;
  readonly #items: FeedItem[] = [];
  #ended: { error: unknown } | null = null;
  #wake = () => {};

  put(item: FeedItem): void {
    this.lastRevision = revisionOf(item) ?? this.lastRevision;
    this.#items.push(item);
    this.#wake();
  }

  /** The feed breaks off at once, with an error or without. */
  end(error: unknown): void {
    this.#ended ??= { error };
    this.#wake();
  }

  async *items(): AsyncGenerator<FeedItem> {
    for (;;) {
      if (this.#ended?.error) throw this.#ended.error;
      const item = this.#items.shift();
      if (item) yield item;
      else if (this.#ended) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

/** null: the item has none. */
function revisionOf(item: FeedItem): number | null {
  if (item.kind === 'event') return item.event.revision;
  return item.kind === 'snapshot' || item.kind === 'snapshotEnd' ? item.revision : null;
}

function unreachable(): TtError {
  return new TtError('AGENT_UNREACHABLE', { url: 'wss://lab.example/api/rpc' });
}
