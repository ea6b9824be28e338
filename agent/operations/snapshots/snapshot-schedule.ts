// Snapshots taken by an ENV's schedule: one when it is due, then the oldest ones are deleted. The time of the next one is
// recorded, so it survives a restart; missed ones are not made up for.
import { scheduledSnapshotName, type SnapshotSchedule, TtError } from '@tt/protocol';
import { AGENT } from '../../access/owners.ts';
import type { EnvRecord } from '../../state/records.ts';
import { forgetSnapshot } from './delete-snapshot.ts';
import { inBackground } from '../background/in-background.ts';
import { defineOperation } from '../define-operation.ts';
import { runOperation } from '../run-operation.ts';
import type { Services } from '../services.ts';
import { takeSnapshot, takeSnapshotOperation } from './take-snapshot.ts';

/** The fields of an ENV with this schedule, the first snapshot a whole period from now. */
export function withSchedule(
  schedule: SnapshotSchedule | null,
  now: Date,
): Pick<EnvRecord, 'snapshotSchedule' | 'nextSnapshotAt'> {
  return { snapshotSchedule: schedule, nextSnapshotAt: schedule && nextAt(schedule, now) };
}

function nextAt({ everyMinutes }: SnapshotSchedule, now: Date): string {
  return new Date(now.getTime() + everyMinutes * 60_000).toISOString();
}

/** Starts one that is due. An ENV that is busy or runs no VM is skipped until the next period. */
export function takeIfDue(services: Services, envName: string): void {
  const { inventory, locks, logger } = services;
  const env = inventory.env(envName);
  const now = services.now();
  if (!env.snapshotSchedule || env.nextSnapshotAt === null || Date.parse(env.nextSnapshotAt) > now.getTime()) return;
  inventory.putEnv({ ...env, nextSnapshotAt: nextAt(env.snapshotSchedule, now) });
  const why = locks.isHeld(envName) ? 'it is busy' : isIdle(services, envName) ? 'no VM of it runs' : null;
  if (why !== null) {
    logger.info({ envName, why }, 'a scheduled snapshot is skipped');
    return;
  }
  const name = scheduledSnapshotName(now);
  inBackground(
    services,
    runOperation(services, scheduledSnapshotOperation, { envName, name }, AGENT),
    { envName, snapshotName: name },
    'could not take a scheduled snapshot',
  );
}

function isIdle({ inventory, running }: Pick<Services, 'inventory' | 'running'>, envName: string): boolean {
  return inventory.vmsOf(envName).every((vm) => running.get(vm.id) === null);
}

const scheduledSnapshotOperation = defineOperation({
  ...takeSnapshotOperation,
  async run({ services, input: { envName, name }, operation }) {
    const snapshot = await takeSnapshot(services, { envName, name, kind: 'scheduled' }, operation);
    await pruneScheduled(services, envName);
    return snapshot;
  },
});

async function pruneScheduled(services: Services, envName: string): Promise<void> {
  // Read again: the schedule may have been changed meanwhile.
  const keep = services.inventory.env(envName).snapshotSchedule?.keep;
  if (keep === undefined) return;
  const scheduled = services.inventory.snapshotsOf(envName).filter(({ kind }) => kind === 'scheduled');
  for (const old of scheduled.slice(0, Math.max(0, scheduled.length - keep))) {
    try {
      await forgetSnapshot(services, old);
    } catch (error) {
      if (!(error instanceof TtError)) throw error;
      services.logger.warn(
        { err: error, envName, snapshotName: old.name },
        'could not delete an old scheduled snapshot; trying again later',
      );
    }
  }
}
