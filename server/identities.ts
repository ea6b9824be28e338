// Who a token belongs to: the owner of the state folder (`local`, always an administrator), or a user that the
// configuration lists by the SHA-256 of the token. Users can change at run time; removed users are disconnected immediately.
import { timingSafeEqual } from 'node:crypto';
import { type Role, TtError } from '@tt/protocol';
import { digestOf } from './same-secret.ts';

/** Who asks. */
export interface Caller {
  name: string;
  role: Role;
}

/** A user in the configuration. */
export interface KnownUser extends Caller {
  /** 64 hex digits. */
  tokenSha256: string;
}

/** A caller without a valid token or session. It is not a Caller, so that the type system keeps it away from what needs one. */
export interface Nobody {
  readonly name: null;
  readonly role: 'nobody';
}

export const nobody: Nobody = Object.freeze({ name: null, role: 'nobody' });

/** Any caller, authenticated or not. */
export type Asker = Caller | Nobody;

export function isSomebody(asker: Asker): asker is Caller {
  return (asker.role === 'admin' || asker.role === 'user') && asker.name !== '';
}

/** Throws UNAUTHORIZED for an anonymous caller. */
export function mustBeSomebody(asker: Asker): Caller {
  if (!isSomebody(asker)) throw new TtError('UNAUTHORIZED', {});
  return asker;
}

/** The caller with the server's own token. */
export const localAdmin: Caller = { name: 'local', role: 'admin' };

export class Identities {
  /** The server's own token; it signs sessions too. */
  readonly ownToken: string;
  readonly #ownDigest: Buffer;
  #users: readonly KnownUser[];
  /** The digests of their tokens, made once: every request is compared with all of them. */
  #digests: readonly Buffer[];
  readonly #listeners = new Set<() => void>();

  constructor(ownToken: string, users: readonly KnownUser[] = []) {
    this.ownToken = ownToken;
    this.#ownDigest = digestOf(ownToken);
    this.#users = users;
    this.#digests = digestsOf(users);
  }

  /** The owner of the token; null if there is none. Always compares with every user, even after a match. */
  ofToken(token: string): Caller | null {
    if (token === '') return null;
    const digest = digestOf(token);
    let found: Caller | null = null;
    for (const [index, user] of this.#users.entries()) {
      const expected = this.#digests[index];
      if (expected?.length === digest.length && timingSafeEqual(digest, expected)) found = callerOf(user);
    }
    return timingSafeEqual(digest, this.#ownDigest) ? localAdmin : found;
  }

  /** The user with this name, and the hash of their token; null if there is none. */
  user(name: string): KnownUser | null {
    return this.#users.find((user) => user.name === name) ?? null;
  }

  /** Applies the users of a changed configuration: those who were removed, or have another token or role, are disconnected. */
  replaceUsers(users: readonly KnownUser[]): void {
    this.#users = users;
    this.#digests = digestsOf(users);
    for (const listener of this.#listeners) listener();
  }

  /** Calls `listener` after the users have changed; returns how to stop that. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

function digestsOf(users: readonly KnownUser[]): Buffer[] {
  return users.map(({ tokenSha256 }) => Buffer.from(tokenSha256, 'hex'));
}

export function callerOf({ name, role }: KnownUser): Caller {
  return { name, role };
}
