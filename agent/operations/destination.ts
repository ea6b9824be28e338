// Pure: checks and writes destinations of a blacklist in one form.
import { isIPv4 } from 'node:net';
import { TtError } from '@tt/protocol';

/** Each once, host bits cleared, `/32` left out. Throws DESTINATION_INVALID for what is no IPv4 address or CIDR. */
export function checkDestinations(destinations: readonly string[]): string[] {
  return [...new Set(destinations.map(checkDestination))];
}

function checkDestination(destination: string): string {
  const [address = '', prefix, ...rest] = destination.trim().split('/');
  const bits = prefix === undefined ? 32 : Number(prefix);
  const isPrefix = prefix === undefined || /^\d{1,2}$/.test(prefix);
  if (!isIPv4(address) || !isPrefix || bits > 32 || rest.length > 0) {
    throw new TtError('DESTINATION_INVALID', { destination });
  }
  if (bits === 32) return address;
  const number = address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
  const network = number - (number % 2 ** (32 - bits));
  const bytes = [24, 16, 8, 0].map((shift) => Math.floor(network / 2 ** shift) % 256);
  return `${bytes.join('.')}/${bits}`;
}
