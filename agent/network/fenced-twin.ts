// An isolated network with the addresses of another one.
import type { EnvNetwork } from './interface.ts';
import { nextNumber } from './next-number.ts';

export function fencedTwin(original: EnvNetwork, envName: string, taken: readonly EnvNetwork[]): EnvNetwork {
  return { ...original, envName, number: nextNumber(taken), vni: null, fenced: true };
}
