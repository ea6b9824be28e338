// Changes a snapshot's name, title, notes and expiry. Its contents never change.
import { isValidName, type Snapshot, TtError } from '@tt/protocol';
import { admitRecords, type RecordServices, textSize } from '../capacity/record-limits.ts';
import { defineOperation, type InputOf } from '../define-operation.ts';
import type { Services } from '../services.ts';
import { onSnapshot } from '../targets.ts';
import { expiryOf } from './take-snapshot.ts';

type SnapshotChange = InputOf<'snapshot.update'>;

export const updateSnapshotOperation = defineOperation({
  kind: 'snapshot.update',
  ...onSnapshot,
  cancellable: false,
  // A new name needs the ENV held, as the one being taken may get it; words and expiry never wait.
  lock: (env, change) => (isRenamed(change) ? env.name : null),
  async run({ services, input: change }) {
    if (isRenamed(change)) mustBeFree(services, change.envName, change.newName ?? '');
    return write(services, change);
  },
});

function isRenamed({ name, newName }: SnapshotChange): boolean {
  return newName !== undefined && newName !== name;
}

function mustBeFree({ inventory }: Pick<Services, 'inventory'>, envName: string, newName: string): void {
  if (!isValidName(newName)) throw new TtError('NAME_INVALID', { name: newName });
  if (inventory.snapshotsOf(envName).some((other) => other.name === newName)) {
    throw new TtError('SNAPSHOT_NAME_TAKEN', { envName, snapshotName: newName });
  }
}

function write(services: RecordServices & Pick<Services, 'now'>, change: SnapshotChange): Snapshot {
  const snapshot = services.inventory.snapshot(change.envName, change.name);
  const changed = {
    ...snapshot,
    name: change.newName ?? snapshot.name,
    title: change.title ?? snapshot.title,
    notes: change.notes ?? snapshot.notes,
    expiresAt: change.lifetimeS === undefined ? snapshot.expiresAt : expiryOf(services, change.lifetimeS),
  };
  const grown = textSize(changed.title, changed.notes) - textSize(snapshot.title, snapshot.notes);
  admitRecords(services, services.inventory.env(change.envName).owner, { textBytes: grown });
  services.inventory.putSnapshot(changed);
  return changed;
}
