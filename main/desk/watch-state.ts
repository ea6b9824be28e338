// What of one server matters outside a window: when own ENVs end, and news worth a notification. Fed by the server’s feed, of which
// it keeps nothing else. Pure.
import type { Env, EventData, FeedItem, Operation, Run, TtEvent } from '@tt/protocol';

export type EndPolicy = Env['endPolicy'];

export interface EnvEnd {
  envName: string;
  /** ISO 8601. */
  endAt: string;
}

export type News =
  | { kind: 'ending'; envName: string; endAt: string; endPolicy: EndPolicy }
  | { kind: 'failed'; envName: string; code: string }
  /** `ok` of `all`: machines where the command exited with 0. */
  | { kind: 'run'; envName: string; ok: number; all: number };

/** What failed sooner was asked for a moment ago, by somebody who sees the answer. */
const LONG_MS = 5000;
/** Runs that were told; an older one does not end twice. */
const MOST_TOLD = 500;

export class WatchState {
  readonly #me: string;
  readonly #own = new Map<string, Pick<Env, 'endAt' | 'startAt'>>();
  /** Of the snapshot that is coming; null while none is. */
  #arrived: Set<string> | null = null;
  readonly #running = new Set<string>();
  readonly #told = new Set<string>();
  /** Of TT on the server; null while nothing was heard. */
  version: string | null = null;

  /** `me`: whose ENVs count. */
  constructor(me: string) {
    this.#me = me;
  }

  /** Ends of own ENVs that have not ended, the soonest first. */
  ends(): EnvEnd[] {
    return [...this.#own]
      .map(([envName, { endAt }]) => ({ envName, endAt }))
      .toSorted((a, b) => a.endAt.localeCompare(b.endAt) || a.envName.localeCompare(b.envName));
  }

  /** When an own ENV began and ends; undefined for any other. */
  lifeOf(envName: string): Pick<Env, 'endAt' | 'startAt'> | undefined {
    return this.#own.get(envName);
  }

  /** What of it somebody should be told; a snapshot is no news. */
  apply(item: FeedItem): News[] {
    switch (item.kind) {
      case 'snapshot':
        this.version = item.host.version;
        this.#arrived = new Set();
        // What runs comes with it; of the others nobody says any more how they ended.
        this.#running.clear();
        return [];
      case 'page':
        for (const env of item.records.envs ?? []) this.#put(env);
        for (const operation of item.records.operations ?? []) this.#noteRunning(operation);
        return [];
      case 'snapshotEnd':
        for (const name of this.#own.keys()) if (this.#arrived?.has(name) === false) this.#own.delete(name);
        this.#arrived = null;
        return [];
      case 'metrics':
        return [];
      case 'event':
        return this.#applyEvent(item.event);
    }
  }

  #applyEvent(event: TtEvent): News[] {
    switch (event.type) {
      case 'host.updated':
        this.version = event.data.version;
        return [];
      case 'env.created':
      case 'env.updated':
        this.#put(event.data);
        return [];
      case 'env.deleted':
        this.#own.delete(event.data.name);
        return [];
      case 'env.ending':
        return this.#ending(event.data);
      case 'operation.updated':
        return this.#operation(event.data);
      case 'run.updated':
        return this.#run(event.data.run);
      default:
        return [];
    }
  }

  #put(env: Env): void {
    this.#arrived?.add(env.name);
    if (env.owner === this.#me && !env.expired && env.state !== 'deleting')
      this.#own.set(env.name, { endAt: env.endAt, startAt: env.startAt });
    else this.#own.delete(env.name);
  }

  #ending({ name: envName, endAt, endPolicy }: EventData<'env.ending'>): News[] {
    return this.#own.has(envName) ? [{ kind: 'ending', envName, endAt, endPolicy }] : [];
  }

  #noteRunning({ id, state }: Operation): void {
    if (state === 'running') this.#running.add(id);
    else this.#running.delete(id);
  }

  #operation(operation: Operation): News[] {
    const wasRunning = this.#running.has(operation.id);
    this.#noteRunning(operation);
    const { state, error, startedAt, endedAt, subject } = operation;
    const tookMs = endedAt === null ? 0 : Date.parse(endedAt) - Date.parse(startedAt);
    const { envName } = subject;
    if (!wasRunning || state !== 'failed' || tookMs < LONG_MS || envName === undefined) return [];
    return this.#own.has(envName) ? [{ kind: 'failed', envName, code: error?.code ?? 'INTERNAL' }] : [];
  }

  #run({ id, state, startedBy, envName, counts }: Run): News[] {
    if (state !== 'ended' || startedBy !== this.#me || this.#told.has(id)) return [];
    this.#told.add(id);
    for (const old of [...this.#told].slice(0, -MOST_TOLD)) this.#told.delete(old);
    const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
    return [{ kind: 'run', envName, ok: counts.succeeded, all }];
  }
}
