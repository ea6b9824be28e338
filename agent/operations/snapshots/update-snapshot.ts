// Changes what is said of a snapshot: its name, words and expiry. What it holds is never touched.
import { isValidName, type Snapshot, TtError } from '@tt/protocol';
import type { Services } from '../services.ts';
import { expiryOf } from './take-snapshot.ts';

export interface SnapshotChange {
  envName: string;
  name: string;
  newName?: string | undefined;
  title?: string | undefined;
  notes?: string | undefined;
  /** Seconds from now; null: it stays as long as its ENV. */
  lifeTimeS?: number | null | undefined;
}

/** A new name needs the ENV held, as the one being taken may get it; words and expiry never wait. */
export async function updateSnapshot(services: Services, change: SnapshotChange): Promise<Snapshot> {
  const { envName, name, newName } = change;
  if (newName === undefined || newName === name) return write(services, change);
  return services.locks.hold(envName, 'a snapshot is being renamed', async () => {
    if (!isValidName(newName)) throw new TtError('NAME_INVALID', { name: newName });
    if (services.inventory.snapshotsOf(envName).some((other) => other.name === newName)) {
      throw new TtError('SNAPSHOT_NAME_TAKEN', { envName, snapshotName: newName });
    }
    return write(services, change);
  });
}

function write(services: Services, change: SnapshotChange): Snapshot {
  const snapshot = services.inventory.snapshot(change.envName, change.name);
  const changed = {
    ...snapshot,
    name: change.newName ?? snapshot.name,
    title: change.title ?? snapshot.title,
    notes: change.notes ?? snapshot.notes,
    expiresAt: change.lifeTimeS === undefined ? snapshot.expiresAt : expiryOf(services, change.lifeTimeS),
  };
  services.inventory.putSnapshot(changed);
  return changed;
}
