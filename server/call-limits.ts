// How many calls of one user run at the same time, over all of their connections, and how many connections one address has open.
// A feed lasts as long as its window, so it is counted for its socket instead: one each.
import type { Socket } from 'node:net';
import { type LimitName, TtError } from '@tt/protocol';
import { type Asker, isSomebody } from './identities.ts';
import { UnderWay } from './under-way.ts';

export interface BorderLimits {
  /** Per user; for anonymous callers per address. */
  callsInFlight: number;
  connectionsPerAddress: number;
}

export const DEFAULT_BORDER_LIMITS: BorderLimits = { callsInFlight: 256, connectionsPerAddress: 512 };

const countedBy = (limit: LimitName) =>
  new UnderWay((user, total, used) => new TtError('LIMIT_REACHED', { user, limit, total, used, wanted: 1 }));

export class CallLimits {
  readonly #limits: () => BorderLimits;
  readonly #calls = countedBy('callsInFlight');
  readonly #connections = countedBy('connectionsPerAddress');
  readonly #feeds = new WeakSet<object>();

  /** `limits` is read each time. */
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

  /** Counts a connection until it closes; returns the refusal if its address has too many. `from`: what stands for the address. */
  enterConnection(socket: Socket, from = socket.remoteAddress): TtError | null {
    if (from === undefined) return null;
    try {
      const leave = this.#connections.enter(from, this.#limits().connectionsPerAddress);
      if (socket.destroyed) leave();
      else socket.once('close', leave);
      return null;
    } catch (error) {
      if (error instanceof TtError) return error;
      throw error;
    }
  }
}
