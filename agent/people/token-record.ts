// The token of a device as the state keeps it: its hash, never the token.

export interface TokenRecord {
  /** UUID; no secret. */
  id: string;
  /** Of the token, in hex. */
  secretSha256: string;
  name: string;
  userName: string;
  /** The anchor of its user when it was made (`Identities.anchorOf`): another one makes it void. */
  anchor: string;
  /** ISO 8601. */
  createdAt: string;
  createdBy: string;
  /** null: it does not end. */
  endsAt: string | null;
  /** null: never used. */
  lastUsedAt: string | null;
  /** IP address; null if unknown. */
  lastUsedFrom: string | null;
}
