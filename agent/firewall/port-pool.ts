// Host ports for forwards: never one in use, all or nothing, released again. One pool for all firewalls of a host; operations
// reserve here, store the forwards in the state, and pass them to the firewall.
import { TtError } from '@tt/protocol';
import type { Forward, WantedPort } from './interface.ts';
import { isPortFree } from './probe-port.ts';

export interface PortPoolOptions {
  /** The range handed out, both ends included. */
  firstPort: number;
  lastPort: number;
  /** Addresses of this host a port must be free on, e.g. `['0.0.0.0']`. */
  probeAddresses: readonly string[];
}

/** Ports probed at once, over all callers: each takes a file descriptor for a moment. */
const PROBE_WIDTH = 64;

export class PortPool {
  readonly #options: PortPoolOptions;
  /** `tcp:40000`: the same number may be taken once per protocol. */
  readonly #taken = new Set<string>();
  /** Probes that wait for their turn. */
  readonly #waiting: (() => void)[] = [];
  #probing = 0;
  #next: number;

  constructor(options: PortPoolOptions) {
    this.#options = options;
    this.#next = options.firstPort;
  }

  /** How many are allocated. */
  get usedCount(): number {
    return this.#taken.size;
  }

  /**
   * A host port for each wanted guest port, in that order; nothing listened on any of them when it was probed. All or nothing;
   * throws TtError PORTS_EXHAUSTED.
   */
  async reserve(wanted: readonly WantedPort[]): Promise<Forward[]> {
    const reserved: Forward[] = [];
    /** Found in use by others: stays marked while this call searches, so that it is not tried twice. */
    const inUse: string[] = [];
    try {
      for (let open = [...wanted]; open.length > 0; ) {
        // Marked before the first await: two callers never get the same.
        const candidates: Forward[] = [];
        for (const port of open) {
          const candidate = this.#take(port);
          candidates.push(candidate);
          reserved.push(candidate);
        }
        const free = await Promise.all(candidates.map((candidate) => this.#isFree(candidate)));
        open = [];
        for (const [index, candidate] of candidates.entries()) {
          if (free[index]) continue;
          reserved.splice(reserved.indexOf(candidate), 1);
          inUse.push(keyOf(candidate));
          open.push(candidate);
        }
      }
      return inOrderOf(wanted, reserved);
    } catch (error) {
      this.release(reserved);
      throw error;
    } finally {
      for (const key of inUse) this.#taken.delete(key);
    }
  }

  /**
   * The first of these at which something listens; null if all are free. An address that this host does not have now counts as
   * free: a later attempt to listen reports it better.
   */
  async firstTaken<Mapping extends Forward & { hostAddress: string }>(
    mappings: readonly Mapping[],
  ): Promise<Mapping | null> {
    for (const mapping of mappings) {
      try {
        if (!(await isPortFree(mapping.protocol, mapping.hostAddress, mapping.hostPort))) return mapping;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EADDRNOTAVAIL') throw error;
      }
    }
    return null;
  }

  /** Releases ports. Idempotent. */
  release(forwards: readonly Forward[]): void {
    for (const forward of forwards) this.#taken.delete(keyOf(forward));
  }

  /** Registers forwards from before a restart; those outside the range (which has changed since) are harmless. */
  restore(forwards: readonly Forward[]): void {
    for (const forward of forwards) this.#taken.add(keyOf(forward));
  }

  /** The next port in rotation that is not ours: rotation prevents the immediate reuse of a released port. */
  #take({ protocol, guestPort }: WantedPort): Forward {
    const { firstPort, lastPort } = this.#options;
    for (let tries = firstPort; tries <= lastPort; tries++) {
      const forward = { protocol, guestPort, hostPort: this.#next };
      this.#next = this.#next >= lastPort ? firstPort : this.#next + 1;
      if (this.#taken.has(keyOf(forward))) continue;
      this.#taken.add(keyOf(forward));
      return forward;
    }
    throw new TtError('PORTS_EXHAUSTED', { firstPort, lastPort });
  }

  async #isFree({ protocol, hostPort }: Forward): Promise<boolean> {
    if (this.#probing >= PROBE_WIDTH) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#probing++;
    try {
      for (const address of this.#options.probeAddresses) {
        if (!(await isPortFree(protocol, address, hostPort))) return false;
      }
      return true;
    } finally {
      // The turn goes to the next in line, or back.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#probing--;
    }
  }
}

function keyOf({ protocol, hostPort }: Forward): string {
  return `${protocol}:${hostPort}`;
}

/** Ports found in a later round are at the end: each wanted port gets the first one found for it. */
function inOrderOf(wanted: readonly WantedPort[], reserved: readonly Forward[]): Forward[] {
  const found = Map.groupBy(reserved, ({ protocol, guestPort }) => `${protocol}:${guestPort}`);
  return wanted.flatMap(({ protocol, guestPort }) => found.get(`${protocol}:${guestPort}`)?.shift() ?? []);
}
