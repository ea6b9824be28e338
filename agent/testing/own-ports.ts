// Test support: public ports that no other process hands out while tests run, in this checkout or another one. An agent finds out whether
// a port is free by listening on it for a moment: two that try the same one then would each take it for used.
import { once } from 'node:events';
import { createServer } from 'node:net';

export interface PortRange {
  firstPort: number;
  lastPort: number;
}

/** Below the ports that the system gives to outgoing connections. */
const FIRST_PORT = 10_000;
const RANGES = 22;
const PORTS = 1_000;

let claimed: Promise<PortRange> | null = null;

/** The same for all agents of this process, as long as it runs. */
export function ownPorts(): Promise<PortRange> {
  claimed ??= claim();
  return claimed;
}

async function claim(): Promise<PortRange> {
  for (let tries = 0; tries < RANGES; tries++) {
    // Processes that begin together begin at different ones.
    const claimPort = FIRST_PORT + ((process.pid + tries) % RANGES) * PORTS;
    if (await holds(claimPort)) return { firstPort: claimPort + 1, lastPort: claimPort + PORTS - 1 };
  }
  throw new Error(`all ${RANGES} ranges of ports are in use: so many processes test here, or listen there`);
}

/** Who listens on the first port of a range has the range; the system lets go of it with the process. */
async function holds(port: number): Promise<boolean> {
  const server = createServer().unref().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return false;
    throw error;
  }
}
