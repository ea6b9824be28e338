// Browser sessions: records that can be listed and ended. A session ends after twelve hours, when its user is removed or
// gets another anchor, with the token it was started with, when somebody ends it, and when the server restarts on another port.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { Caller, Identities } from './identities.ts';
import type { Credential } from './same-secret.ts';
import type { SessionRecord, SessionStore } from './session-store.ts';

/** Counted from its start, used or not, so that a stolen one ends too. */
export const SESSION_LIFETIME_MS = 12 * 60 * 60 * 1000;
/** A further one ends the user's least recently used one. */
export const MOST_SESSIONS_PER_USER = 16;
/** How outdated the stored time of last use can be. */
const WRITE_USE_EVERY_MS = 60_000;
const MOST_USER_AGENT = 200;

/** Where a session was started from. */
export interface SessionOrigin {
  address: string | null;
  userAgent: string;
}

export class Sessions {
  readonly #identities: Identities;
  readonly #now: () => Date;
  readonly #store: SessionStore;
  readonly #records = new Map<string, SessionRecord>();
  readonly #idsBySecret = new Map<string, string>();
  readonly #usedAt = new Map<string, number>();
  readonly #listeners = new Set<() => void>();
  #port = 0;

  constructor(identities: Identities, now: () => Date, store: SessionStore) {
    this.#identities = identities;
    this.#now = now;
    this.#store = store;
    for (const record of store.list()) this.#remember(record);
    this.sweep();
    identities.onChange(() => this.sweep());
  }

  /** Called once the server listens: sessions of a window at another port end. */
  servedAt(port: number): void {
    this.#port = port;
    this.#endAll((record) => record.port !== port);
  }

  /** Starts one; `secret` is what the browser sends from now on, and is stored nowhere else. */
  begin(caller: Caller, { address, userAgent }: SessionOrigin): { secret: string; record: SessionRecord } {
    const secret = randomBytes(32).toString('base64url');
    const now = this.#now();
    const at = now.toISOString();
    const record: SessionRecord = {
      id: randomUUID(),
      secretSha256: hashOf(secret),
      userName: caller.name,
      tokenSha256: this.#identities.anchorOf(caller.name) ?? '',
      ...(caller.tokenId !== undefined && { tokenId: caller.tokenId }),
      port: this.#port,
      createdAt: at,
      lastUsedAt: at,
      expiresAt: new Date(now.getTime() + SESSION_LIFETIME_MS).toISOString(),
      address,
      userAgent: userAgent.replaceAll(/[^ -~]/g, '?').slice(0, MOST_USER_AGENT),
    };
    const others = this.#of(caller.name).toSorted((a, b) => this.#lastUse(a) - this.#lastUse(b));
    const tooMany = new Set(others.slice(0, Math.max(0, others.length + 1 - MOST_SESSIONS_PER_USER)));
    this.#endAll((other) => tooMany.has(other));
    this.#store.put(record);
    this.#remember(record);
    return { secret, record };
  }

  /** The user of the session, with their current role; null if it is not valid (any more). */
  find(secret: string | Credential): { caller: Caller; id: string } | null {
    const id = this.#idsBySecret.get(typeof secret === 'string' ? hashOf(secret) : secret.hex);
    const record = id === undefined ? undefined : this.#records.get(id);
    if (!record || !this.#isGood(record)) return null;
    const caller = this.#identities.named(record.userName);
    if (!caller) return null;
    this.use(record.id);
    const { tokenId } = record;
    return { caller: { ...caller, ...(tokenId !== undefined && { tokenId }) }, id: record.id };
  }

  /** Notes that it was used just now. */
  use(id: string): void {
    if (!this.#records.has(id)) return;
    this.#usedAt.set(id, this.#now().getTime());
  }

  /** Must be called every second: ends expired sessions, and stores the times of last use. */
  look(): void {
    this.sweep();
    for (const record of this.#records.values()) {
      const usedAt = this.#lastUse(record);
      if (usedAt - Date.parse(record.lastUsedAt) < WRITE_USE_EVERY_MS) continue;
      record.lastUsedAt = new Date(usedAt).toISOString();
      this.#store.put(record);
    }
  }

  /** Those that `caller` can see: an administrator all, others their own. Oldest first. */
  list(caller: Caller): SessionRecord[] {
    this.sweep();
    return [...this.#records.values()]
      .filter(({ userName }) => caller.role === 'admin' || userName === caller.name)
      .map((record) => ({ ...record, lastUsedAt: new Date(this.#lastUse(record)).toISOString() }));
  }

  /** Ends these immediately; returns how many there were. */
  end(ids: ReadonlySet<string>): number {
    return this.#endAll(({ id }) => ids.has(id));
  }

  /** Ends sessions that have expired or whose user was removed. */
  sweep(): void {
    this.#endAll((record) => !this.#isGood(record));
  }

  /** Calls `listener` after sessions have ended; returns how to stop that. */
  onEnd(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #endAll(isMeant: (record: SessionRecord) => boolean): number {
    const ended = [...this.#records.values()].filter(isMeant);
    for (const { id, secretSha256 } of ended) {
      this.#records.delete(id);
      this.#idsBySecret.delete(secretSha256);
      this.#usedAt.delete(id);
    }
    if (ended.length > 0) for (const listener of this.#listeners) listener();
    // Last, as it may fail (a full disk): whoever is out is out.
    for (const { id } of ended) this.#store.remove(id);
    return ended.length;
  }

  #isGood({ expiresAt, userName, tokenSha256, tokenId }: SessionRecord): boolean {
    if (Date.parse(expiresAt) <= this.#now().getTime()) return false;
    if (this.#identities.anchorOf(userName) !== tokenSha256) return false;
    return tokenId === undefined || this.#identities.hasToken(tokenId, userName);
  }

  #of(userName: string): SessionRecord[] {
    return [...this.#records.values()].filter((record) => record.userName === userName);
  }

  #lastUse({ id, lastUsedAt }: SessionRecord): number {
    return this.#usedAt.get(id) ?? Date.parse(lastUsedAt);
  }

  #remember(record: SessionRecord): void {
    this.#records.set(record.id, record);
    this.#idsBySecret.set(record.secretSha256, record.id);
  }
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
