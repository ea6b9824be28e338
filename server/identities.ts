// Who a token belongs to: the owner of the state folder (`local`, always an administrator), and the users that the
// configuration names by the SHA-256 of their token. Users change while the server runs; who is gone is out at once.
import { createHash, timingSafeEqual } from 'node:crypto';
import { type Role, TtError } from '@tt/protocol';
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

/** One who shows no good token or session. No Caller, so that types keep it from whatever needs one. */
export interface Nobody {
  readonly name: null;
  readonly role: 'nobody';
}

export const nobody: Nobody = Object.freeze({ name: null, role: 'nobody' });

/** Whoever asks, let in or not. */
export type Asker = Caller | Nobody;

export function isSomebody(asker: Asker): asker is Caller {
  return (asker.role === 'admin' || asker.role === 'user') && asker.name !== '';
}

/** Throws UNAUTHORIZED for nobody. */
export function mustBeSomebody(asker: Asker): Caller {
  if (!isSomebody(asker)) throw new TtError('UNAUTHORIZED', {});
  return asker;
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
