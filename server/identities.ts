// Who a token belongs to: the owner of the state folder (`local`, always an administrator), and the users that the
// configuration names by the SHA-256 of their token. Users change while the server runs; who is gone is out at once.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Role } from '@tt/protocol';
import { sameSecret } from './same-secret.ts';

/** Who asks. */
export interface Caller {
  name: string;
  role: Role;
}

/** A user as the configuration names them. */
export interface KnownUser extends Caller {
  /** 64 hex digits. */
  tokenSha256: string;
}

/** Stands for one who shows no token or session; may only what is open to anybody. */
export const nobody: Caller = { name: '', role: 'user' };

export function isNobody({ name }: Caller): boolean {
  return name === nobody.name;
}

/** Who shows the server's own token. */
export const localAdmin: Caller = { name: 'local', role: 'admin' };

export class Identities {
  /** The server's own token; it signs sessions too. */
  readonly ownToken: string;
  #users: readonly KnownUser[];
  readonly #listeners = new Set<() => void>();

  constructor(ownToken: string, users: readonly KnownUser[] = []) {
    this.ownToken = ownToken;
    this.#users = users;
  }

  /** Whose token it is; null when it is nobody's. Compares with every user, whatever is found on the way. */
  ofToken(token: string): Caller | null {
    if (token === '') return null;
    const digest = createHash('sha256').update(token).digest();
    let found: Caller | null = null;
    for (const user of this.#users) {
      const expected = Buffer.from(user.tokenSha256, 'hex');
      if (expected.length === digest.length && timingSafeEqual(digest, expected)) found = callerOf(user);
    }
    return sameSecret(token, this.ownToken) ? localAdmin : found;
  }

  /** The user of a name, with what their token is known by; null when there is none. */
  user(name: string): KnownUser | null {
    return this.#users.find((user) => user.name === name) ?? null;
  }

  /** Takes over the users of a changed configuration: those who are gone, or have another token or role, are out. */
  replaceUsers(users: readonly KnownUser[]): void {
    this.#users = users;
    for (const listener of this.#listeners) listener();
  }

  /** Calls `listener` after the users have changed; returns how to stop that. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

export function callerOf({ name, role }: KnownUser): Caller {
  return { name, role };
}
