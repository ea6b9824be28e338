// Watches the lifetimes of ENVs: warns before the end, then carries out the end policy; and those of snapshots, and their
// schedules. Looks at the clock every few seconds instead of arming long timers, so a suspended laptop or a changed clock
// is noticed at the next look.
import type { Snapshot } from '@tt/protocol';
import type { EnvRecord } from '../state/records.ts';
import { deleteEnv } from './change-env.ts';
import type { ClockWatch } from './clock-watch.ts';
import { deleteSnapshot } from './snapshots/delete-snapshot.ts';
import { endEnv } from './end-env.ts';
import { inBackground } from './in-background.ts';
import { dueWarning } from './lifetime.ts';
import type { Services } from './services.ts';
import { takeIfDue } from './snapshots/snapshot-schedule.ts';

const LOOK_EVERY_MS = 5000;

/** Starts looking; returns how to stop. */
export function startExpiry(services: Services, clocks: ClockWatch, lookEveryMs = LOOK_EVERY_MS): () => void {
  const timer = setInterval(() => {
    clocks.look();
    sweep(services);
  }, lookEveryMs);
  timer.unref();
  return () => clearInterval(timer);
}

/** Ends every ENV that is over; one that is busy, or could not be ended, is tried again at the next look. */
export function sweep(services: Services): void {
  const now = services.now();
  for (const env of services.inventory.envs()) {
    if (env.phase === 'creating' || env.over) continue;
    // A delete that failed is tried again, whenever its end is.
    if (env.phase === 'deleting' || Date.parse(env.endAt) <= now.getTime()) end(services, env);
    else {
      warn(services, env, now);
      takeIfDue(services, env.name);
    }
  }
  for (const snapshot of services.inventory.snapshots()) expire(services, snapshot, now);
}

/** Deletes a snapshot whose time is over; one of a busy ENV at a later look. */
function expire(services: Services, { envName, name, expiresAt }: Snapshot, now: Date): void {
  const { inventory, locks, logger, operations } = services;
  if (expiresAt === null || Date.parse(expiresAt) > now.getTime()) return;
  if (locks.isHeld(envName) || inventory.env(envName).phase !== 'ready') return;
  logger.info({ envName, snapshotName: name, expiresAt }, 'the time of a snapshot is over');
  inBackground(
    services,
    operations.run(
      { id: undefined, kind: 'snapshot.delete', subject: { envName, snapshotName: name }, cancellable: false },
      () => locks.hold(envName, 'a snapshot is being deleted', () => deleteSnapshot(services, envName, name)),
    ),
    { envName, snapshotName: name },
    'could not delete a snapshot whose time is over',
  );
}

function warn(services: Services, env: EnvRecord, now: Date): void {
  const due = dueWarning(env, services.settings.current.lifetimeWarnS, now);
  if (due === null) return;
  const { name, endAt, endPolicy } = env;
  const endsInS = Math.round((Date.parse(endAt) - now.getTime()) / 1000);
  services.inventory.putEnv({ ...env, warnedS: [...env.warnedS, due] });
  services.log.publish('env.ending', { name, endAt, endsInS, endPolicy });
  services.logger.info({ envName: name, endAt, endsInS, endPolicy }, 'the time of an ENV is nearly over');
}

function end(services: Services, { name, endAt, endPolicy, phase }: EnvRecord): void {
  const { locks, logger, operations } = services;
  if (locks.isHeld(name)) return;
  logger.info({ envName: name, endAt, endPolicy, phase }, phase === 'deleting' ? 'deleting again' : 'lifetime is over');
  const isDelete = endPolicy === 'delete' || phase === 'deleting';
  inBackground(
    services,
    operations.run(
      { id: undefined, kind: isDelete ? 'env.delete' : 'env.end', subject: { envName: name }, cancellable: false },
      async (context) => {
        if (isDelete) await deleteEnv(services, name, context);
        else await endEnv(services, name, context);
      },
    ),
    { envName: name },
    'could not end an ENV',
  );
}
