// Bytes of a TCP connection on this host that are inside the kernel: sent but not taken yet (proc(5), /proc/net/tcp).
import { readFile } from 'node:fs/promises';

/** Both ends of the connections between `port` (the server's, on loopback) and each of `clientPorts`. */
export async function kernelBytes(port: number, clientPorts: ReadonlySet<number>): Promise<number> {
  const text = await readFile('/proc/net/tcp', 'utf8');
  let bytes = 0;
  for (const line of text.split('\n').slice(1)) {
    const [, local, remote, , queues] = line.trim().split(/\s+/);
    if (!local || !remote || !queues) continue;
    const [localPort, remotePort] = [portOf(local), portOf(remote)];
    const isServerEnd = localPort === port && clientPorts.has(remotePort);
    const isClientEnd = remotePort === port && clientPorts.has(localPort);
    const [sendQueue = '0', receiveQueue = '0'] = queues.split(':');
    if (isServerEnd) bytes += Number.parseInt(sendQueue, 16);
    else if (isClientEnd) bytes += Number.parseInt(receiveQueue, 16);
  }
  return bytes;
}

function portOf(address: string): number {
  return Number.parseInt(address.split(':')[1] ?? '0', 16);
}
