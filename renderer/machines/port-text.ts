// What a port is called and what one types to use it. Pure.
import type { PortMapping } from '@tt/protocol';

const names: Record<number, string> = {
  21: 'ftp',
  22: 'ssh',
  80: 'http',
  443: 'https',
  3306: 'mysql',
  3389: 'rdp',
  5432: 'postgres',
  5900: 'vnc',
  8080: 'http',
};

/** `ssh`, `http`, or the guest's port number; udp is said. */
export function portName({ guestPort, protocol }: PortMapping): string {
  const name = names[guestPort] ?? String(guestPort);
  return protocol === 'udp' ? `${guestPort}/udp` : name;
}

export function portText(mapping: PortMapping): string {
  const { guestPort, hostPort, hostAddress, protocol } = mapping;
  const address = hostAddress.includes(':') ? `[${hostAddress}]` : hostAddress;
  if (protocol === 'tcp' && guestPort === 22) return `ssh -p ${hostPort} root@${hostAddress}`;
  if (protocol === 'tcp' && portName(mapping) === 'http') return `http://${address}:${hostPort}/`;
  if (protocol === 'tcp' && portName(mapping) === 'https') return `https://${address}:${hostPort}/`;
  return `${address}:${hostPort}`;
}
