// Whether this window is on the computer of the agent, so that addresses of that computer's own can be opened here.
import type { Stores } from '../state/stores.ts';
import { isLoopback } from './port-open.ts';

/** A browser that came by a loopback address may have come through a tunnel, which nobody can see from here. */
export function isOnHost({ connections }: Pick<Stores, 'connections'>): boolean {
  if (connections) return connections.shown?.kind === 'private';
  return isLoopback(location.hostname.replace(/^\[|\]$/g, ''));
}
