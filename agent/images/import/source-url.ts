// Which URLs an image can be fetched from, and how a URL is shown without the secrets it may contain.
import { BlockList, isIPv4, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { reason, TtError } from '@tt/protocol';

/** The address without user, password, query and fragment: for people, logs and manifests. */
export function publicUrl(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`;
}

/** Throws IMAGE_REFUSED unless it is an http or https URL. */
export function parseSourceUrl(text: string): URL {
  const url = URL.parse(text);
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new TtError('IMAGE_REFUSED', { source: 'URL', reason: reason('notHttp') });
  }
  return url;
}

/**
 * Whether an address is internal: of the host itself, of its network, or unassigned. A user who may only request images must
 * not make the agent send requests there.
 */
export function isInnerAddress(address: string): boolean {
  if (isConnected(address)) return true;
  if (isIPv4(address)) return isInnerIPv4(address);
  if (!isIPv6(address)) return true;
  const text = address.toLowerCase();
  const mapped = /^::(?:ffff:)?(\d+\.\d+\.\d+\.\d+)$/.exec(text)?.[1];
  if (mapped !== undefined) return isInnerIPv4(mapped);
  // Global unicast is 2000::/3; 6to4, Teredo and NAT64 lead to IPv4 addresses that nobody has looked at.
  return !/^[23][0-9a-f]{3}:/.test(text) || /^(2002:|2001:(0+:|:))/.test(text);
}

/** Of the host or of a network it is connected to, including global ones. Read each time, because addresses change. */
function isConnected(address: string): boolean {
  const networks = new BlockList();
  for (const { cidr, family } of Object.values(networkInterfaces()).flatMap((found) => found ?? [])) {
    const [network, prefix] = cidr?.split('/') ?? [];
    if (network !== undefined && prefix !== undefined) {
      networks.addSubnet(network, Number(prefix), family === 'IPv6' ? 'ipv6' : 'ipv4');
    }
  }
  return networks.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

function isInnerIPv4(address: string): boolean {
  const [a = 0, b = 0] = address.split('.').map(Number);
  if (a === 0 || a === 10 || a === 127 || a >= 224) return true;
  if (a === 100 && b >= 64 && b < 128) return true;
  if (a === 169 && b === 254) return true;
  if (a === 172 && b >= 16 && b < 32) return true;
  if (a === 198 && (b === 18 || b === 19)) return true;
  return a === 192 && (b === 168 || b === 0);
}
