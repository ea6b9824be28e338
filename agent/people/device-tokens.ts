// The tokens of devices: created, shown once, listed, revoked. Whether one still lets its user in is decided by its anchor
// (`Identities`), so that tokens of users who are gone are void before they are removed here.
import { createHash, randomBytes } from 'node:crypto';
import { TtError } from '@tt/protocol';
import type { StateStore } from '../state/store.ts';
import type { TokenRecord } from './token-record.ts';

/** How outdated the stored time of last use can be. */
const WRITE_USE_EVERY_MS = 60_000;

export interface TokenRequest {
  name: string;
  userName: string;
  /** Of its user now. */
  anchor: string;
  createdBy: string;
  /** Seconds; null: it does not end. */
  lifetimeS: number | null;
}

interface LastUse {
  at: number;
  from: string | null;
}

export class DeviceTokens {
  readonly #store: Pick<StateStore, 'tokens'>;
  readonly #now: () => Date;
  readonly #mostPerUser: () => number;
  readonly #records = new Map<string, TokenRecord>();
  readonly #idsBySecret = new Map<string, string>();
  /** Newer than what is stored. */
  readonly #used = new Map<string, LastUse>();
  readonly #listeners = new Set<() => void>();

  /** `mostPerUser` is read each time. */
  constructor(store: Pick<StateStore, 'tokens'>, now: () => Date, mostPerUser: () => number) {
    this.#store = store;
    this.#now = now;
    this.#mostPerUser = mostPerUser;
    for (const record of store.tokens.list()) this.#remember(record);
  }

  /** Those that have not ended, with their last use; oldest first. */
  list(): TokenRecord[] {
    return [...this.#records.values()].filter((record) => this.#isLive(record)).map((record) => this.#asUsed(record));
  }

  of(userName: string): TokenRecord[] {
    return this.list().filter((record) => record.userName === userName);
  }

  /** null: there is none, or it has ended. */
  find(id: string): TokenRecord | null {
    const record = this.#records.get(id);
    return record && this.#isLive(record) ? record : null;
  }

  findBySecret(secretSha256: string): TokenRecord | null {
    const id = this.#idsBySecret.get(secretSha256);
    return id === undefined ? null : this.find(id);
  }

  /** `secret` is stored nowhere. Throws TOKEN_NAME_TAKEN, LIMIT_REACHED. */
  create(request: TokenRequest): { secret: string; record: TokenRecord } {
    const { name, userName, anchor, createdBy, lifetimeS } = request;
    const theirs = this.of(userName);
    if (theirs.some((record) => record.name === name)) {
      throw new TtError('TOKEN_NAME_TAKEN', { user: userName, tokenName: name });
    }
    const [total, used] = [this.#mostPerUser(), theirs.length];
    if (used >= total) throw new TtError('LIMIT_REACHED', { user: userName, limit: 'tokens', total, used, wanted: 1 });
    const secret = randomBytes(32).toString('base64url');
    const now = this.#now();
    const record: TokenRecord = {
      id: crypto.randomUUID(),
      secretSha256: createHash('sha256').update(secret).digest('hex'),
      name,
      userName,
      anchor,
      createdAt: now.toISOString(),
      createdBy,
      endsAt: lifetimeS === null ? null : new Date(now.getTime() + lifetimeS * 1000).toISOString(),
      lastUsedAt: null,
      lastUsedFrom: null,
    };
    this.#store.tokens.put(record.id, record);
    this.#remember(record);
    return { secret, record };
  }

  /** `name`, or `name 2` and so on if the user has a token of that name. */
  freeName(userName: string, name: string): string {
    const taken = new Set(this.of(userName).map((record) => record.name));
    let free = name;
    for (let number = 2; taken.has(free); number++) free = `${name} ${number}`;
    return free;
  }

  /** Makes these void immediately. */
  revoke(records: readonly TokenRecord[]): void {
    for (const { id, secretSha256 } of records) {
      this.#records.delete(id);
      this.#idsBySecret.delete(secretSha256);
      this.#used.delete(id);
    }
    if (records.length > 0) for (const listener of this.#listeners) listener();
    // Last, as it may fail (a full disk): whoever is out is out. The next start would let them in again, so the caller is told.
    for (const { id } of records) this.#store.tokens.delete(id);
  }

  /** Notes a use just now; `from` null leaves the address as it was. */
  use(id: string, from: string | null): void {
    const record = this.#records.get(id);
    if (!record) return;
    const before = this.#used.get(id)?.from ?? record.lastUsedFrom;
    this.#used.set(id, { at: this.#now().getTime(), from: from ?? before });
  }

  /** Must be called every second: removes those that have ended, and stores the times of last use. */
  look(): void {
    this.revoke([...this.#records.values()].filter((record) => !this.#isLive(record)));
    for (const [id, { at }] of this.#used) {
      const record = this.#records.get(id);
      if (!record || (record.lastUsedAt !== null && at - Date.parse(record.lastUsedAt) < WRITE_USE_EVERY_MS)) continue;
      const used = this.#asUsed(record);
      this.#records.set(id, used);
      this.#used.delete(id);
      this.#store.tokens.put(id, used);
    }
  }

  /** Calls `listener` after tokens were revoked or have ended; returns how to stop that. */
  onRevoked(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #isLive({ endsAt }: TokenRecord): boolean {
    return endsAt === null || Date.parse(endsAt) > this.#now().getTime();
  }

  #asUsed(record: TokenRecord): TokenRecord {
    const use = this.#used.get(record.id);
    return use ? { ...record, lastUsedAt: new Date(use.at).toISOString(), lastUsedFrom: use.from } : record;
  }

  #remember(record: TokenRecord): void {
    this.#records.set(record.id, record);
    this.#idsBySecret.set(record.secretSha256, record.id);
  }
}
