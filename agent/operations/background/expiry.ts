// Actions that fall due: warnings before the end of an ENV, its end, the end of its time in the bin, scheduled snapshots, expiry of
// snapshots. It compares with the clock every few seconds instead of setting long timers, so a suspended laptop or a changed clock is
// noticed at the next check. One ENV that fails does not stop the others.
import type { Snapshot } from '@tt/protocol';
import { AGENT } from '../../access/owners.ts';
import { eachApart } from '../../host/each-apart.ts';
import type { EnvRecord } from '../../state/records.ts';
import { deleteEnvOperation } from '../envs/delete-env.ts';
import { endEnvOperation } from '../envs/end-env.ts';
import { dueWarning } from '../envs/lifetime.ts';
import { isPurgeDue } from '../envs/bin.ts';
import { runOperation } from '../run-operation.ts';
import type { Services } from '../services.ts';
import { deleteSnapshotOperation } from '../snapshots/delete-snapshot.ts';
import { takeIfDue } from '../snapshots/snapshot-schedule.ts';
import { inBackground } from './in-background.ts';
import { purge } from './purge.ts';

/** Ends every expired ENV; one that is busy, or could not be ended, is retried at the next check. */
export function endEnvs(services: Services): void {
  const now = services.now();
  const due = services.inventory.envs().filter((env) => isDue(env, now));
  eachApart(due, (env) => end(services, env));
}

/** Tells followers of ENVs whose end is near. */
export function warnOfEnds(services: Pick<Services, 'settings' | 'now' | 'logger' | 'log' | 'inventory'>): void {
  const now = services.now();
  eachApart(livingEnvs(services, now), (env) => warn(services, env, now));
}

/** Deletes ENVs for good whose time in the bin has ended; one that could not be deleted is retried as `deleting`. */
export function emptyBin(services: Services): void {
  const now = services.now();
  eachApart(
    services.inventory.envs().filter((env) => isPurgeDue(env, now)),
    (env) => purge(services, env, 'its time in the bin has ended'),
  );
}

/** Starts the snapshots that are due by the schedules of ENVs. */
export function takeScheduledSnapshots(services: Services): void {
  eachApart(livingEnvs(services, services.now()), ({ name }) => takeIfDue(services, name));
}

/** Deletes expired snapshots; those of a busy ENV at a later check. */
export function expireSnapshots(services: Services): void {
  const now = services.now();
  eachApart(services.inventory.snapshots(), (snapshot) => expire(services, snapshot, now));
}

/** A failed delete is retried, whatever its end is. */
function isDue({ phase, expired, endAt }: EnvRecord, now: Date): boolean {
  if (phase === 'deleting') return true;
  return phase === 'ready' && !expired && Date.parse(endAt) <= now.getTime();
}

function livingEnvs({ inventory }: Pick<Services, 'inventory'>, now: Date): EnvRecord[] {
  return inventory.envs().filter((env) => env.phase === 'ready' && !env.expired && !isDue(env, now));
}

function expire(services: Services, { envName, name, expiresAt }: Snapshot, now: Date): void {
  const { inventory, locks, logger } = services;
  if (expiresAt === null || Date.parse(expiresAt) > now.getTime()) return;
  if (locks.isHeld(envName) || inventory.env(envName).phase !== 'ready') return;
  logger.info({ envName, snapshotName: name, expiresAt }, 'a snapshot has expired');
  inBackground(
    services,
    runOperation(services, deleteSnapshotOperation, { envName, name }, AGENT),
    { envName, snapshotName: name },
    'could not delete an expired snapshot',
  );
}

function warn(services: Pick<Services, 'settings' | 'logger' | 'log' | 'inventory'>, env: EnvRecord, now: Date): void {
  const due = dueWarning(env, services.settings.current.lifetimeWarnS, now);
  if (due === null) return;
  const { name, endAt, endPolicy } = env;
  const endsInS = Math.round((Date.parse(endAt) - now.getTime()) / 1000);
  services.inventory.putEnv({ ...env, warnedS: [...env.warnedS, due] });
  services.log.publish('env.ending', { name, endAt, endsInS, endPolicy });
  services.logger.info({ envName: name, endAt, endsInS, endPolicy }, 'an ENV expires soon');
}

function end(services: Services, { name, endAt, endPolicy, phase }: EnvRecord): void {
  const { locks, logger } = services;
  if (locks.isHeld(name)) return;
  logger.info(
    { envName: name, endAt, endPolicy, phase },
    phase === 'deleting' ? 'deleting again' : 'lifetime has ended',
  );
  const isDelete = endPolicy === 'delete' || phase === 'deleting';
  inBackground(
    services,
    isDelete
      ? runOperation(services, deleteEnvOperation, { name }, AGENT)
      : runOperation(services, endEnvOperation, { name }, AGENT),
    { envName: name },
    'could not end an ENV',
  );
}
