// Deletes a snapshot; its children are attached to its parent.
import type { Snapshot } from '@tt/protocol';
import { defineOperation } from '../define-operation.ts';
import { snapshotFailure } from '../engine-failure.ts';
import type { Services } from '../services.ts';
import { holdingEnvOfSnapshot } from '../targets.ts';

export const deleteSnapshotOperation = defineOperation({
  kind: 'snapshot.delete',
  ...holdingEnvOfSnapshot,
  cancellable: false,
  frees: true,
  async run({ services, input: { envName, name } }) {
    await forgetSnapshot(services, services.inventory.snapshot(envName, name));
    return { name };
  },
});

/** Removes its saved states from the disks, then its record, so an interrupted delete can be repeated. */
export async function forgetSnapshot(
  services: Pick<Services, 'inventory' | 'running' | 'storage' | 'snapshots' | 'thumbnails'>,
  snapshot: Snapshot,
): Promise<void> {
  for (const part of snapshot.vms.filter((candidate) => !candidate.removed)) {
    try {
      await services.snapshots.delete(part.vmId, snapshot.id, services.running.get(part.vmId));
    } catch (error) {
      throw await snapshotFailure(services, snapshot.name, part.vmName, error);
    }
  }
  await dropSnapshot(services, snapshot);
}

/** Removes an empty snapshot from the tree: its children, and the ENV's position, move to its parent. */
export async function dropSnapshot(
  { inventory, thumbnails }: Pick<Services, 'inventory' | 'thumbnails'>,
  snapshot: Snapshot,
): Promise<void> {
  await thumbnails.remove(snapshot.id);
  for (const child of inventory.snapshotsOf(snapshot.envName)) {
    if (child.parentId === snapshot.id) inventory.putSnapshot({ ...child, parentId: snapshot.parentId });
  }
  if (inventory.positionOf(snapshot.envName) === snapshot.id) {
    inventory.setPosition(snapshot.envName, snapshot.parentId);
  }
  inventory.deleteSnapshot(snapshot.id);
}
