// Follows the feed of each connected server for what matters outside a window: ends of ENVs and news. A server that is lost is not
// counted down: what was known of it is not known any more.
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

type FollowArguments = Parameters<TtClient['event']['follow']>;

const HOUR_S = 3600;

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
    const { clientOf, onNews, onChange } = this.#options;
    const abort = new AbortController();
    const watched: Watched = { abort, state: new WatchState(null), isKnown: false };
    this.#watched.set(id, watched);
    // Whose ENVs count. Who can't learn it is told of all that are seen, as in a window.
    const me = await meOf(() => clientOf(id), abort.signal);
    if (abort.signal.aborted) return;
    watched.state = new WatchState(me);
    await followState({
      // Taken anew each time: the link may have been made anew.
      client: {
        event: { follow: async (...args: FollowArguments) => clientOf(id).event.follow(...args) },
      } as unknown as TtClient,
      signal: abort.signal,
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

async function meOf(client: () => TtClient, signal: AbortSignal): Promise<string | null> {
  try {
    return (await client().host.me(undefined, { signal })).name;
  } catch {
    return null;
  }
}
