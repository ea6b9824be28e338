// The people and the tokens of devices that a server keeps beside those of its configuration. The agent has them in its state; a
// server without any uses `noDirectory`.
import type { Role } from '@tt/protocol';

/** A user who may come in. */
export interface DirectoryUser {
  role: Role;
  /** What everything that lets the user in was made under; never that of an earlier user of this name. */
  anchor: string;
}

/** A token that is valid now. */
export interface DirectoryToken {
  id: string;
  userName: string;
  /** The anchor of its user when it was made. */
  anchor: string;
}

export interface Directory {
  /** null: there is none of this name, or the user is disabled. */
  user(name: string): DirectoryUser | null;
  /** By its SHA-256 in hex; null: there is none, or it has ended. */
  token(sha256: string): DirectoryToken | null;
  /** By its id; null as above. */
  tokenById(id: string): DirectoryToken | null;
  /** Notes a use just now; `address`: the IP address it came from, null if unknown. */
  used(tokenId: string, address: string | null): void;
  /** Must be called every second: removes tokens that have ended, and stores the times of last use. */
  look(): void;
  /** Calls `listener` after something is no longer valid, or a role has changed; returns how to stop that. */
  onChange(listener: () => void): () => void;
}

export const noDirectory: Directory = {
  user: () => null,
  token: () => null,
  tokenById: () => null,
  used: () => {},
  look: () => {},
  onChange: () => () => {},
};
