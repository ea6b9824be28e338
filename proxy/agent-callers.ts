// The users of the agent behind this proxy. Whatever credential is not the proxy's own is shown to the agent, over a connection of its
// own that then carries the calls of that caller: the agent sees who asks, decides what they may do, and cuts them off when their token
// is revoked; the proxy only remembers the answer.
import { createHash } from 'node:crypto';
import type { NodeConnection } from '@tt/client/node';
import { TtError } from '@tt/protocol';
import type { Caller, Elsewhere } from '@tt/server';

/** How long an answer counts before the next request asks again. A lost connection makes it ask at once. */
const FRESH_MS = 60_000;
/** A caller who makes no call and holds no stream for so long is forgotten. */
const IDLE_MS = 30 * 60_000;
/** Credentials that are being asked about at the same time: each costs the agent a connection. */
const MOST_ASKED = 64;

interface Known {
  caller: Caller;
  connection: NodeConnection;
  askedAt: number;
  usedAt: number;
  /** Streams and feeds that run with it. */
  held: number;
}

export class AgentCallers implements Elsewhere {
  readonly #connect: (token: string, onLost: () => void) => NodeConnection;
  readonly #proxyKey: string;
  /** By the hash of the credential. */
  readonly #known = new Map<string, Known>();
  readonly #asking = new Map<string, Promise<void>>();
  readonly #listeners = new Set<() => void>();

  /** `proxyToken`: what the proxy itself shows to the agent; nobody comes in with it here. */
  constructor(connect: (token: string, onLost: () => void) => NodeConnection, proxyToken: string) {
    this.#connect = connect;
    this.#proxyKey = keyOf(proxyToken);
  }

  ask(credential: string): Promise<void> | null {
    if (this.isProxys(credential)) return null;
    const known = this.#known.get(keyOf(credential));
    return known && performance.now() - known.askedAt < FRESH_MS ? null : this.#askOnce(credential);
  }

  find(credential: string): Caller | null {
    const known = this.#known.get(keyOf(credential));
    if (!known) return null;
    known.usedAt = performance.now();
    return known.caller;
  }

  /** Whether it is what the proxy itself shows to the agent. */
  isProxys(credential: string): boolean {
    return keyOf(credential) === this.#proxyKey;
  }

  /** What carries the calls of this caller. Throws UNAUTHORIZED if the agent does not know them (any more). */
  connectionOf(credential: string): NodeConnection {
    const known = this.#known.get(keyOf(credential));
    if (!known) throw new TtError('UNAUTHORIZED', {});
    known.usedAt = performance.now();
    return known.connection;
  }

  /** Keeps the caller known until the returned function is called. */
  hold(credential: string): () => void {
    const known = this.#known.get(keyOf(credential));
    if (known) known.held++;
    return () => {
      if (known) known.held--;
    };
  }

  /** Must be called now and then: forgets who has been idle. */
  look(): void {
    const before = performance.now() - IDLE_MS;
    for (const [key, { held, usedAt }] of this.#known) if (held === 0 && usedAt < before) this.#forget(key);
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    for (const key of this.#known.keys()) this.#forget(key);
  }

  #askOnce(credential: string): Promise<void> {
    const key = keyOf(credential);
    const asking = this.#asking.get(key);
    if (asking) return asking;
    if (this.#asking.size >= MOST_ASKED) return Promise.reject(new TtError('JOIN_TOO_OFTEN', { retryAfterS: 1 }));
    const asked = this.#ask(key, credential).finally(() => this.#asking.delete(key));
    this.#asking.set(key, asked);
    return asked;
  }

  async #ask(key: string, credential: string): Promise<void> {
    const before = this.#known.get(key);
    const connection = before?.connection ?? this.#connect(credential, () => this.#lost(key, credential));
    try {
      const { name, role } = await connection.client.host.me();
      const now = performance.now();
      const caller = { name, role };
      this.#known.set(key, { usedAt: now, held: 0, ...before, connection, caller, askedAt: now });
      if (before && (before.caller.name !== name || before.caller.role !== role)) this.#tell();
    } catch (error) {
      if (!before) connection.close();
      if (!(error instanceof TtError && error.code === 'UNAUTHORIZED')) throw error;
      this.#forget(key);
    }
  }

  /** The agent has closed it, or is gone: if it is there, it says whether the caller still is somebody. */
  #lost(key: string, credential: string): void {
    const known = this.#known.get(key);
    if (!known) return;
    known.askedAt = Number.NEGATIVE_INFINITY;
    // An agent that can't be reached is asked again by the next request.
    this.#askOnce(credential).catch(() => {});
  }

  #forget(key: string): void {
    const known = this.#known.get(key);
    if (!known) return;
    this.#known.delete(key);
    known.connection.close();
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

function keyOf(credential: string): string {
  return createHash('sha256').update(credential).digest('hex');
}
