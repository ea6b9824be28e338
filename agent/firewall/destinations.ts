// Destinations of blacklists as the firewalls take them: the contract's rules for them, with an error of a firewall.
import { disjointDestinations, isDestination } from '@tt/protocol';
import { FirewallError } from './errors.ts';

export { parseAddress } from '@tt/protocol';

/** As `disjointDestinations`. Throws FirewallError BAD_DESTINATION. */
export function normaliseDestinations(destinations: readonly string[]): string[] {
  const bad = destinations.find((text) => !isDestination(text));
  if (bad !== undefined) {
    throw new FirewallError('BAD_DESTINATION', `not an IPv4 address or CIDR: ${JSON.stringify(bad)}`);
  }
  return disjointDestinations(destinations);
}
