// Pure rules for lifetimes: how long an ENV can exist, and when to warn about its end.
import { TtError } from '@tt/protocol';
import type { EnvRecord } from '../../state/records.ts';
import { type Caller, mustBeAdmin } from '../caller.ts';
import type { Services } from '../services.ts';

/** Throws LIFETIME_TOO_LONG above the limit, unless an administrator sets `overrideLimit` (others get NOT_ALLOWED). */
export function checkLifetime(
  { settings }: Pick<Services, 'settings'>,
  caller: Caller,
  { lifetimeS, overrideLimit }: { lifetimeS?: number | undefined; overrideLimit?: boolean | undefined },
): void {
  if (overrideLimit) mustBeAdmin(caller, 'overrideLimit');
  const maxS = settings.current.lifetimeMaxS;
  if (lifetimeS === undefined || lifetimeS <= maxS || overrideLimit) return;
  throw new TtError('LIFETIME_TOO_LONG', { wantedS: lifetimeS, maxS });
}

/** Throws ENV_EXPIRED for an ENV whose time is over. */
export function mustHaveTime({ name, expired, endAt }: Pick<EnvRecord, 'name' | 'expired' | 'endAt'>): void {
  if (expired) throw new TtError('ENV_EXPIRED', { envName: name, endAt });
}

/** The ENV with this lifetime: the end is always startAt + lifetime, so that extending twice by mistake does not add up. */
export function withLifetime(env: EnvRecord, lifetimeS: number, now: Date): EnvRecord {
  const end = Date.parse(env.startAt) + lifetimeS * 1000;
  const leftS = (end - now.getTime()) / 1000;
  return {
    ...env,
    endAt: new Date(end).toISOString(),
    expired: env.expired && leftS <= 0,
    // Warnings that are to come again.
    warnedS: env.warnedS.filter((warnS) => warnS >= leftS),
  };
}

/**
 * The warning that is due: the shortest of `warnS` within which the end is and that was not given yet. One at a time: an agent
 * that was not running for a while only gives the last one. Null if none is due, or the lifetime is shorter.
 */
export function dueWarning(env: EnvRecord, warnS: readonly number[], now: Date): number | null {
  const leftS = (Date.parse(env.endAt) - now.getTime()) / 1000;
  const lifetimeS = (Date.parse(env.endAt) - Date.parse(env.startAt)) / 1000;
  const due = warnS.filter((seconds) => leftS <= seconds && seconds < lifetimeS).sort((a, b) => a - b)[0];
  return due === undefined || env.warnedS.includes(due) ? null : due;
}
