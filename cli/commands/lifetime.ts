// Pure: the time given to `tt env extend` and `tt env shorten` -> the lifetime of the update call. The contract counts a
// lifetime from the start of the ENV (end = start + lifetime); people count from the end or from now.
import type { Env } from '@tt/protocol';
import { InvalidArgumentError } from 'commander';
import { secondsFrom } from './option-values.ts';

export type LifetimeChange =
  /** The end moves by so much; negative is earlier. */
  | { byS: number }
  /** It ends so long after now. */
  | { fromNowS: number };

/** `+1h` and `-30m` move the end; `90m` counts from now. */
export function lifetimeChangeFrom(text: string): LifetimeChange {
  try {
    if (text.startsWith('+')) return { byS: secondsFrom(text.slice(1)) };
    if (text.startsWith('-')) return { byS: -secondsFrom(text.slice(1)) };
    return { fromNowS: secondsFrom(text) };
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new InvalidArgumentError(`"${text}" is not a time; write +1h (later), -30m (earlier) or 90m (from now).`);
  }
}

/**
 * Seconds from the start of the ENV to its new end. Throws InvalidArgumentError when that end is not to come: an ENV is
 * not ended by a slip in a number.
 */
export function newLifetimeS(env: Pick<Env, 'name' | 'startAt' | 'endAt'>, change: LifetimeChange, now: Date): number {
  const endMs = 'byS' in change ? Date.parse(env.endAt) + change.byS * 1000 : now.getTime() + change.fromNowS * 1000;
  if (endMs <= now.getTime()) {
    const end = new Date(endMs).toISOString();
    throw new InvalidArgumentError(
      `the end of ${env.name} would be ${end}, which is in the past; write a time from now, e.g. 30m, or use "tt env stop" or "tt env del".`,
    );
  }
  return Math.ceil((endMs - Date.parse(env.startAt)) / 1000);
}
