// Ports of guests with QEMU user networking: this driver hands out host ports, QEMU itself listens on them.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { type PortMapping, TtError } from '@tt/protocol';
import type { Firewall, WantedPort } from '../interface.ts';

export interface HostfwdOptions {
  /** Address QEMU listens on; loopback unless an admin says otherwise. */
  hostAddress: string;
  firstPort: number;
  lastPort: number;
}

export class HostfwdFirewall implements Firewall {
  readonly name = 'hostfwd';
  readonly #options: HostfwdOptions;
  readonly #taken = new Set<string>();
  #next: number;

  constructor(options: HostfwdOptions) {
    this.#options = options;
    this.#next = options.firstPort;
  }

  async publish(wanted: readonly WantedPort[]): Promise<PortMapping[]> {
    const mappings: PortMapping[] = [];
    try {
      for (const { protocol, guestPort } of wanted) {
        const hostPort = await this.#reserve(protocol);
        mappings.push({ protocol, guestPort, hostPort, hostAddress: this.#options.hostAddress });
      }
      return mappings;
    } catch (error) {
      await this.withdraw(mappings);
      throw error;
    }
  }

  async withdraw(mappings: readonly PortMapping[]): Promise<void> {
    for (const { protocol, hostPort } of mappings) this.#taken.delete(`${protocol}:${hostPort}`);
  }

  restore(mappings: readonly PortMapping[]): void {
    for (const { protocol, hostPort } of mappings) this.#taken.add(`${protocol}:${hostPort}`);
  }

  /** The next port in rotation that is neither ours nor anybody's: rotation keeps a just-freed port from being reused at once. */
  async #reserve(protocol: 'tcp' | 'udp'): Promise<number> {
    const { firstPort, lastPort, hostAddress } = this.#options;
    for (let tries = firstPort; tries <= lastPort; tries++) {
      const hostPort = this.#next;
      this.#next = hostPort >= lastPort ? firstPort : hostPort + 1;
      const key = `${protocol}:${hostPort}`;
      if (this.#taken.has(key)) continue;
      this.#taken.add(key);
      if (await isFree(protocol, hostAddress, hostPort)) return hostPort;
      this.#taken.delete(key);
    }
    throw new TtError('PORTS_EXHAUSTED', { firstPort, lastPort });
  }
}

/** Whether this process could listen there right now. */
async function isFree(protocol: 'tcp' | 'udp', address: string, port: number): Promise<boolean> {
  try {
    await (protocol === 'tcp' ? listenOnTcp(address, port) : listenOnUdp(address, port));
    return true;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EADDRINUSE' || code === 'EACCES') return false;
    throw error;
  }
}

async function listenOnTcp(address: string, port: number): Promise<void> {
  const server = createServer().listen(port, address);
  await once(server, 'listening');
  await new Promise<void>((resolve) => server.close(() => resolve()));
}

async function listenOnUdp(address: string, port: number): Promise<void> {
  const socket = createSocket('udp4').bind(port, address);
  await once(socket, 'listening');
  await new Promise<void>((resolve) => socket.close(() => resolve()));
}
