// How many calls of one user run at the same time, over all of their connections, and how many connections one address has open.
// A feed lasts as long as its window, so it is counted for its socket instead: one each.
import type { Socket } from 'node:net';
import { type LimitName, TtError } from '@tt/protocol';
import { type Asker, isSomebody } from './identities.ts';

export interface BorderLimits {
  /** Of one user; of nobody, of one address. */
  callsInFlight: number;
  connectionsPerAddress: number;
}

export const DEFAULT_BORDER_LIMITS: BorderLimits = { callsInFlight: 256, connectionsPerAddress: 512 };

/** Counts by key what is under way, up to a limit that may change. */
class Counter {
  readonly #counts = new Map<string, number>();
  readonly #limit: LimitName;

  constructor(limit: LimitName) {
    this.#limit = limit;
  }

  /** One more, until the returned function is called (once). Throws LIMIT_REACHED. */
  enter(key: string, total: number): () => void {
    const used = this.#counts.get(key) ?? 0;
    if (used >= total) throw new TtError('LIMIT_REACHED', { user: key, limit: this.#limit, total, used, wanted: 1 });
    this.#counts.set(key, used + 1);
    return () => {
      const left = (this.#counts.get(key) ?? 1) - 1;
      if (left <= 0) this.#counts.delete(key);
      else this.#counts.set(key, left);
    };
  }
}

export class CallLimits {
  readonly #limits: () => BorderLimits;
  readonly #calls = new Counter('callsInFlight');
  readonly #connections = new Counter('connectionsPerAddress');
  readonly #feeds = new WeakSet<object>();

  /** `limits` is asked each time. */
  constructor(limits: () => BorderLimits) {
    this.#limits = limits;
  }

  /** One more call, until the returned function is called. Throws LIMIT_REACHED. */
  enterCall(caller: Asker, address: string | null): () => void {
    const key = isSomebody(caller) ? caller.name : (address ?? 'nobody');
    return this.#calls.enter(key, this.#limits().callsInFlight);
  }

  /** The feed of a connection, until the returned function is called. Throws LIMIT_REACHED while it has one. */
  enterFeed(caller: Asker, connection: object): () => void {
    if (this.#feeds.has(connection)) {
      throw new TtError('LIMIT_REACHED', { user: caller.name ?? '', limit: 'feeds', total: 1, used: 1, wanted: 1 });
    }
    this.#feeds.add(connection);
    return () => this.#feeds.delete(connection);
  }

  /** Counts a connection until it closes; gives the refusal when its address has too many. */
  enterConnection(socket: Socket): TtError | null {
    const { remoteAddress } = socket;
    if (remoteAddress === undefined) return null;
    try {
      const leave = this.#connections.enter(remoteAddress, this.#limits().connectionsPerAddress);
      if (socket.destroyed) leave();
      else socket.once('close', leave);
      return null;
    } catch (error) {
      if (error instanceof TtError) return error;
      throw error;
    }
  }
}
