// How this window reaches ports that the agent forwards at its computer.
import type { Stores } from '../state/stores.ts';
import { isLoopback, type PortReach } from './port-open.ts';

/** A browser that came by a loopback address may have come through a tunnel, which nobody can see from here. */
export function portReach({ connections }: Pick<Stores, 'connections'>): PortReach {
  if (connections) return connections.shown?.kind === 'private' ? 'here' : 'tunnel';
  return isLoopback(location.hostname.replace(/^\[|\]$/g, '')) ? 'here' : 'own';
}
