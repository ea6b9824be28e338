// Who a token belongs to: the owner of the state folder (`local`, always an administrator), a user that the configuration lists
// by the SHA-256 of the token, or a device of somebody in the directory. All can change at run time; who is removed is disconnected
// immediately.
import { timingSafeEqual } from 'node:crypto';
import { type Role, TtError, viewerCalls } from '@tt/protocol';
import { type Directory, noDirectory } from './directory.ts';
import { Credential, digestOf } from './same-secret.ts';

/** Who asks. */
export interface Caller {
  name: string;
  role: Role;
  /** The token of a device that was shown, or that the session was started with; absent for all others. */
  tokenId?: string;
}

/** A user in the configuration. */
export interface KnownUser {
  name: string;
  role: Role;
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
  return asker.role !== 'nobody' && asker.name !== '';
}

/** Throws UNAUTHORIZED for an anonymous caller. */
export function mustBeSomebody(asker: Asker): Caller {
  if (!isSomebody(asker)) throw new TtError('UNAUTHORIZED', {});
  return asker;
}

/** Throws UNAUTHORIZED for an anonymous caller, and VIEWER_REFUSED for a viewer unless viewers may make this call (`env.list`). */
export function mustMayCall(asker: Asker, call: string): Caller {
  const caller = mustBeSomebody(asker);
  if (caller.role === 'viewer' && !viewerCalls.has(call))
    throw new TtError('VIEWER_REFUSED', { user: caller.name, call });
  return caller;
}

/** The caller with the server's own token. */
export const localAdmin: Caller = { name: 'local', role: 'admin' };

export class Identities {
  /** The server's own token; it signs sessions too. */
  readonly ownToken: string;
  readonly #ownDigest: Buffer;
  readonly #directory: Directory;
  #users: readonly KnownUser[];
  /** By the SHA-256 of their tokens, in hexadecimal digits. */
  #byDigest: ReadonlyMap<string, KnownUser>;
  readonly #listeners = new Set<() => void>();

  constructor(ownToken: string, users: readonly KnownUser[] = [], directory: Directory = noDirectory) {
    this.ownToken = ownToken;
    this.#ownDigest = digestOf(ownToken);
    this.#users = users;
    this.#byDigest = byDigest(users);
    this.#directory = directory;
    directory.onChange(() => this.#tell());
  }

  /**
   * The owner of the token; null if there is none. Every request asks this, whatever the number of users. How long it takes tells nothing
   * of a token: digests are looked up, which nobody can choose a part of.
   */
  ofToken(token: string | Credential): Caller | null {
    const { text, digest, hex } = typeof token === 'string' ? new Credential(token) : token;
    if (text === '') return null;
    if (timingSafeEqual(digest, this.#ownDigest)) return localAdmin;
    const user = this.#byDigest.get(hex);
    return user ? callerOf(user) : this.#ofDevice(hex);
  }

  /** A user as they are now; null if there is none of this name. */
  named(name: string): Caller | null {
    if (name === localAdmin.name) return localAdmin;
    const user = this.#configured(name);
    if (user) return callerOf(user);
    const inDirectory = this.#directory.user(name);
    return inDirectory && { name, role: inDirectory.role };
  }

  /** What everything that lets this user in is made under: it is void once this changes. null: there is no such user. */
  anchorOf(name: string): string | null {
    if (name === localAdmin.name) return this.#ownDigest.toString('hex');
    return this.#configured(name)?.tokenSha256 ?? this.#directory.user(name)?.anchor ?? null;
  }

  /** Whether this token of a device is still valid, for this user. */
  hasToken(tokenId: string, userName: string): boolean {
    const token = this.#directory.tokenById(tokenId);
    return token?.userName === userName && token.anchor === this.anchorOf(userName);
  }

  /** Notes that the token of a device was used just now. */
  used(tokenId: string, address: string | null): void {
    this.#directory.used(tokenId, address);
  }

  /** Must be called every second. */
  look(): void {
    this.#directory.look();
  }

  /** Applies the users of a changed configuration: those who were removed, or have another token or role, are disconnected. */
  replaceUsers(users: readonly KnownUser[]): void {
    this.#users = users;
    this.#byDigest = byDigest(users);
    this.#tell();
  }

  /** Calls `listener` after users or tokens have changed; returns how to stop that. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #configured(name: string): KnownUser | undefined {
    return this.#users.find((user) => user.name === name);
  }

  #ofDevice(sha256: string): Caller | null {
    const token = this.#directory.token(sha256);
    if (!token || token.anchor !== this.anchorOf(token.userName)) return null;
    const caller = this.named(token.userName);
    return caller && { ...caller, tokenId: token.id };
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

function byDigest(users: readonly KnownUser[]): Map<string, KnownUser> {
  return new Map(users.map((user) => [user.tokenSha256, user]));
}

function callerOf({ name, role }: KnownUser): Caller {
  return { name, role };
}
