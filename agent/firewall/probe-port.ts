// Whether a port of this host is free, determined by the only reliable test: listening on it for a moment.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** False if something else listens there or this process may not; rejects e.g. if `address` is not this host's. */
export async function isPortFree(protocol: 'tcp' | 'udp', address: string, port: number): Promise<boolean> {
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
