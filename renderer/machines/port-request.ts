// Ports to be forwarded as one types them: `80, 443, 53/udp`. Pure.
import type { PortMapping } from '@tt/protocol';

export type PortRequest = Pick<PortMapping, 'protocol' | 'guestPort'>;

const MOST_PORTS = 64;

/** The ports; null when something typed is none. ssh (22/tcp) is always there, so it is left out; so are repetitions. */
export function parsePorts(text: string): PortRequest[] | null {
  const ports = new Map<string, PortRequest>();
  for (const word of text.split(/[\s,;，、]+/).filter(Boolean)) {
    const match = /^(\d{1,5})(?:\/(tcp|udp))?$/i.exec(word);
    const guestPort = Number(match?.[1]);
    if (!match || guestPort < 1 || guestPort > 65_535) return null;
    const protocol = match[2]?.toLowerCase() === 'udp' ? 'udp' : 'tcp';
    if (protocol === 'tcp' && guestPort === 22) continue;
    ports.set(`${guestPort}/${protocol}`, { protocol, guestPort });
  }
  return ports.size > MOST_PORTS ? null : [...ports.values()];
}

/** `80, 53/udp`; ssh is not named. */
export function portsText(ports: readonly PortRequest[]): string {
  return ports
    .filter(({ protocol, guestPort }) => !(protocol === 'tcp' && guestPort === 22))
    .map(({ protocol, guestPort }) => (protocol === 'udp' ? `${guestPort}/udp` : String(guestPort)))
    .join(', ');
}
