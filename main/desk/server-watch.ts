// Follows the feed of each connected server for what matters outside a window: ends of ENVs and news. A server that is lost is not
// counted down: what was known of it is not known any more.
import { setTimeout } from 'node:timers/promises';
import { followState } from '@tt/client';
import { type TtClient, TtError } from '@tt/protocol';
import type { ConnectionsView } from '../session/connection-state.ts';
import { type EnvEnd, type News, WatchState } from './watch-state.ts';

export interface ServerWatchOptions {
  /** Throws while there is no connection. */
  clientOf: (connection: string) => TtClient;
  onNews: (connection: string, news: News[]) => void;
  /** Ends, or versions, are others now. */
  onChange: () => void;
  /** Waits between tries to learn who one is there; default 1 s doubling to 30 s. */
  backoffMs?: (attempt: number) => number;
}

export interface EndOf extends EnvEnd {
  connection: string;
}

interface Watched {
  abort: AbortController;
  state: WatchState;
  /** Its picture is whole. */
  isKnown: boolean;
}

const HOUR_S = 3600;
const MOST_BACKOFF_MS = 30_000;

export class ServerWatch {
  readonly #options: ServerWatchOptions;
  readonly #watched = new Map<string, Watched>();

  constructor(options: ServerWatchOptions) {
    this.#options = options;
  }

  /** Follows those that are connected, and no others. */
  follow({ connections }: Pick<ConnectionsView, 'connections'>): void {
    const wanted = new Set(connections.filter(({ link }) => link.kind === 'connected').map(({ id }) => id));
    for (const [id, { abort }] of this.#watched) {
      if (wanted.has(id)) continue;
      this.#watched.delete(id);
      abort.abort();
      this.#options.onChange();
    }
    for (const id of wanted) if (!this.#watched.has(id)) void this.#watch(id);
  }

  /** Of all connected servers, the soonest first. */
  ends(): EndOf[] {
    return [...this.#watched]
      .flatMap(([connection, { state, isKnown }]) =>
        isKnown ? state.ends().map((end) => ({ ...end, connection })) : [],
      )
      .toSorted((a, b) => a.endAt.localeCompare(b.endAt));
  }

  /** Of TT on each connected server. */
  versions(): { connection: string; version: string }[] {
    return [...this.#watched].flatMap(([connection, { state }]) =>
      state.version === null ? [] : [{ connection, version: state.version }],
    );
  }

  /** One hour more for an ENV. Rejects with what the server says; ENV_NOT_FOUND for one that this desktop has not seen. */
  async extend(connection: string, envName: string): Promise<void> {
    const life = this.#watched.get(connection)?.state.lifeOf(envName);
    if (!life) throw new TtError('ENV_NOT_FOUND', { envName, suggestions: [] });
    const lifetimeS = Math.round((Date.parse(life.endAt) - Date.parse(life.startAt)) / 1000) + HOUR_S;
    const operationId = crypto.randomUUID();
    await this.#options.clientOf(connection).env.update({ name: envName, operationId, lifetimeS });
  }

  stop(): void {
    for (const { abort } of this.#watched.values()) abort.abort();
    this.#watched.clear();
  }

  async #watch(id: string): Promise<void> {
    const { clientOf, onNews, onChange, backoffMs = defaultBackoffMs } = this.#options;
    const abort = new AbortController();
    const { signal } = abort;
    const watched: Watched = { abort, state: new WatchState(''), isKnown: false };
    this.#watched.set(id, watched);
    const me = await nameAt(() => clientOf(id), { backoffMs, signal });
    if (me === null) return;
    watched.state = new WatchState(me);
    await followState({
      // Taken anew each time: the link may have been made anew.
      client: { event: { follow: (...args) => clientOf(id).event.follow(...args) } },
      signal,
      metrics: 'none',
      onItem: (item) => {
        const news = watched.state.apply(item);
        if (item.kind === 'snapshotEnd') watched.isKnown = true;
        if (news.length > 0) onNews(id, news);
        if (item.kind === 'snapshotEnd' || (item.kind === 'event' && item.event.type.startsWith('env.'))) onChange();
      },
      onLink: ({ up }) => {
        // Main says of the connection itself that it is lost, and when it works again.
        if (!up) onChange();
      },
    });
  }
}

/** What the server calls us, asked until it is known: without it everybody's ENVs would count. null: nobody wants it any more. */
async function nameAt(
  client: () => TtClient,
  { backoffMs, signal }: { backoffMs: (attempt: number) => number; signal: AbortSignal },
): Promise<string | null> {
  for (let attempt = 0; !signal.aborted; attempt++) {
    try {
      return (await client().host.me(undefined, { signal })).name;
    } catch {
      // Main says of the connection itself what is wrong with it.
      await setTimeout(backoffMs(attempt), undefined, { signal }).catch(() => {});
    }
  }
  return null;
}

function defaultBackoffMs(attempt: number): number {
  return Math.min(1000 * 2 ** attempt, MOST_BACKOFF_MS);
}
