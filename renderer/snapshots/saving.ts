// The snapshots of an ENV that are being saved: there is no record of them yet, only the operation that saves them.
import type { Operation } from '@tt/protocol';
import type { OperationStore } from '../activity/operation-store.ts';
import type { SnapshotStore } from './snapshot-store.ts';

/** Steps of a revert during which its safety snapshot is saved. */
const savingSteps: ReadonlySet<string> = new Set(['savingMemory', 'savingVms']);

/** Oldest first. Those of a revert are the safety snapshots that undo it. */
export function savingOf(
  { operations, snapshots }: { operations: OperationStore; snapshots: SnapshotStore },
  envName: string,
): Operation[] {
  const known = new Set(snapshots.ofEnv(envName).map(({ name }) => name));
  return operations.runningFor({ envName }).filter(({ kind, subject, step }) => {
    if (kind === 'snapshot.revert') return savingSteps.has(step?.code ?? '');
    // Its record may come before the end of its operation.
    return kind === 'snapshot.create' && !known.has(subject.snapshotName ?? '');
  });
}
