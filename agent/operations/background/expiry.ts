// What falls due by the clock: warnings before the end of an ENV, its end, scheduled snapshots, the end of snapshots. Looks at
// the clock every few seconds instead of arming long timers, so a suspended laptop or a changed clock is noticed at the next
// look. One ENV that fails keeps no other from its turn.
import type { Snapshot } from '@tt/protocol';
import { eachApart } from '../../host/each-apart.ts';
import type { EnvRecord } from '../../state/records.ts';
import { AGENT } from '../caller.ts';
import { deleteEnvOperation } from '../envs/delete-env.ts';
import { endEnvOperation } from '../envs/end-env.ts';
import { dueWarning } from '../envs/lifetime.ts';
import { runOperation } from '../run-operation.ts';
import type { Services } from '../services.ts';
import { deleteSnapshotOperation } from '../snapshots/delete-snapshot.ts';
import { takeIfDue } from '../snapshots/snapshot-schedule.ts';
import { inBackground } from './in-background.ts';

/** Ends every ENV that is expired; one that is busy, or could not be ended, is tried again at the next look. */
export function endEnvs(services: Services): void {
  const now = services.now();
  const due = services.inventory.envs().filter((env) => isOver(env, now));
  eachApart(due, (env) => end(services, env));
}

/** Tells followers of ENVs whose end is near. */
export function warnOfEnds(services: Services): void {
  const now = services.now();
  eachApart(livingEnvs(services, now), (env) => warn(services, env, now));
}

/** Begins the snapshots that the schedules of ENVs ask for now. */
export function takeScheduledSnapshots(services: Services): void {
  eachApart(livingEnvs(services, services.now()), ({ name }) => takeIfDue(services, name));
}

/** Deletes snapshots whose time is expired; those of a busy ENV at a later look. */
export function expireSnapshots(services: Services): void {
  const now = services.now();
  eachApart(services.inventory.snapshots(), (snapshot) => expire(services, snapshot, now));
}

/** A delete that failed is tried again, whenever its end is. */
function isOver({ phase, expired, endAt }: EnvRecord, now: Date): boolean {
  if (phase === 'creating' || expired) return false;
  return phase === 'deleting' || Date.parse(endAt) <= now.getTime();
}

function livingEnvs({ inventory }: Services, now: Date): EnvRecord[] {
  return inventory.envs().filter((env) => env.phase === 'ready' && !env.expired && !isOver(env, now));
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

function warn(services: Services, env: EnvRecord, now: Date): void {
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
