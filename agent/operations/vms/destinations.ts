// Converts destinations of a blacklist to the firewall's form; an invalid one is a coded error.
import { TtError } from '@tt/protocol';
import { normaliseDestinations } from '../../firewall/destinations.ts';
import { FirewallError } from '../../firewall/errors.ts';

/** The minimal disjoint set, sorted. Throws DESTINATION_INVALID for anything that is not an IPv4 address or CIDR. */
export function checkDestinations(destinations: readonly string[]): string[] {
  for (const destination of destinations) {
    try {
      normaliseDestinations([destination]);
    } catch (error) {
      if (!(error instanceof FirewallError)) throw error;
      throw new TtError('DESTINATION_INVALID', { destination }, { cause: error });
    }
  }
  return normaliseDestinations(destinations);
}
