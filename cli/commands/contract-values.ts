// Pure: values of flags whose limits are those of the contract's schemas.
import { LIFETIME_MIN_S, type NetKind, netKindSchema } from '@tt/protocol';
import { InvalidArgumentError } from 'commander';
import { secondsFrom } from './option-values.ts';

export function netKindFrom(text: string): NetKind {
  const kind = netKindSchema.safeParse(text);
  if (!kind.success) {
    throw new InvalidArgumentError(`"${text}" is not a network kind; write ${netKindSchema.options.join(', ')}.`);
  }
  return kind.data;
}

/** A lifetime in seconds, not shorter than there can be. */
export function lifetimeFrom(text: string): number {
  const lifetimeS = secondsFrom(text);
  if (lifetimeS < LIFETIME_MIN_S) throw new InvalidArgumentError(`the minimum lifetime is ${LIFETIME_MIN_S} s.`);
  return lifetimeS;
}
