// Pure: which interfaces of this agent belong to nothing it knows.
import type { EnvNetwork, Nic } from '../interface.ts';
import { readLinkName } from '../names.ts';
import { limiterOf } from './bandwidth.ts';

/** True for a name with this agent's tag whose network (bridges), NIC (taps) or limited NIC (limiters) is not in `known`. */
export function isLeftover(
  tag: string,
  known: { envs: readonly EnvNetwork[]; nics: readonly Nic[] },
): (name: string) => boolean {
  const numbers = new Set(known.envs.map((env) => env.number));
  const taps = new Set(known.nics.map((nic) => nic.tap));
  const limiters = new Set([...taps].map((tap) => tap && limiterOf(tag, tap)));
  return (name) => {
    const meaning = readLinkName(tag, name);
    if (meaning === null) return false;
    if (meaning.role === 'tap') return !taps.has(name);
    if (meaning.role === 'limiter') return !limiters.has(name);
    return !numbers.has(meaning.number);
  };
}
