// MAC addresses of guests' NICs, unique on this host.
import { randomBytes } from 'node:crypto';

const RANDOM_MACS = 2 ** 24;

/** `52:54:00` (locally administered, the prefix QEMU's own tools use) and three random bytes, not among `taken`. */
export function createMac(taken: ReadonlySet<string>): string {
  if (taken.size >= RANDOM_MACS) throw new RangeError('all MAC addresses are taken');
  for (;;) {
    const mac = `52:54:00:${(randomBytes(3).toString('hex').match(/../g) ?? []).join(':')}`;
    if (!taken.has(mac)) return mac;
  }
}

/**
 * `52:54` and four random bytes: also unique in a network that several agents share without asking each other, where three bytes
 * would repeat among some thousands.
 */
export function createLanMac(taken: ReadonlySet<string>): string {
  for (;;) {
    const mac = `52:54:${(randomBytes(4).toString('hex').match(/../g) ?? []).join(':')}`;
    if (!taken.has(mac)) return mac;
  }
}

/** The last three bytes as a number: the part that differs between the MACs of a host. */
export function macNumber(mac: string): number {
  return Number.parseInt(mac.replaceAll(':', '').slice(-6), 16);
}
