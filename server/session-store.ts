// Where browser sessions are stored between two runs of a server. Only the hash of the secret is stored.

export interface SessionRecord {
  /** UUID; no secret. */
  id: string;
  /** The hash of the browser's secret, in hex. */
  secretSha256: string;
  /** The user; `local` for the owner of the server's own token. */
  userName: string;
  /** The anchor of the user when it began (`Identities.anchorOf`): another one ends it. Called as it was when that was always a token. */
  tokenSha256: string;
  /** The token of a device that it was started with, and ends with; absent for all others. */
  tokenId?: string | undefined;
  /** The port of the window. At another port its origin, and so the browser's storage, is different. */
  port: number;
  createdAt: string;
  lastUsedAt: string;
  expiresAt: string;
  /** The IP address it was started from; null if unknown. */
  address: string | null;
  userAgent: string;
}

/** Each change is on disk when the call returns. */
export interface SessionStore {
  list(): SessionRecord[];
  put(record: SessionRecord): void;
  /** Idempotent. */
  remove(id: string): void;
}

/** In memory only: for tests. */
export function memorySessions(): SessionStore {
  const records = new Map<string, SessionRecord>();
  return {
    list: () => [...records.values()],
    put: (record) => void records.set(record.id, record),
    remove: (id) => void records.delete(id),
  };
}
