// Numbers of ENV networks: small, because interface names are short, and unique on a host.
import type { EnvNetwork } from './interface.ts';

/** The smallest number from 1 that none of `taken` has. */
export function nextNumber(taken: readonly EnvNetwork[]): number {
  const numbers = new Set(taken.map((env) => env.number));
  let number = 1;
  while (numbers.has(number)) number += 1;
  return number;
}
