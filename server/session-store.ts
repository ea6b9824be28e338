// Where the sessions of browsers are kept between two runs of a server. The secret itself is never kept, only its hash.

export interface SessionRecord {
  /** UUID; no secret. */
  id: string;
  /** Hex; what the browser shows is known by it. */
  secretSha256: string;
  /** Whose it is; `local` for the owner of the server's own token. */
  userName: string;
  /** Of the token that user had when it began: another token ends it. */
  tokenSha256: string;
  /** The port the window came from. Its origin, and so the browser's storage, is another one at another port. */
  port: number;
  createdAt: string;
  lastUsedAt: string;
  expiresAt: string;
  /** IP address it began from; null when unknown. */
  address: string | null;
  userAgent: string;
}

/** Each change is on the disk when it returns. */
export interface SessionStore {
  list(): SessionRecord[];
  put(record: SessionRecord): void;
  /** Idempotent. */
  remove(id: string): void;
}

/** Nothing outlives the process: tests. */
export function memorySessions(): SessionStore {
  const records = new Map<string, SessionRecord>();
  return {
    list: () => [...records.values()],
    put: (record) => void records.set(record.id, record),
    remove: (id) => void records.delete(id),
  };
}
