// Removes an ENV without VMs, with its networks and snapshots. The last step of delete, and of undoing create.
import { dropSnapshot } from '../snapshots/delete-snapshot.ts';
import type { Services } from '../services.ts';
import { removeNetworks } from '../vms/network-setup.ts';

/** Idempotent. An ENV that still has VMs, because the removal of one failed, stays as `deleting`: the next check tries again. */
export async function removeEnv(
  services: Pick<Services, 'inventory' | 'thumbnails' | 'recordings' | 'networks' | 'sshKeys' | 'checkpoint'>,
  envName: string,
): Promise<void> {
  const { inventory } = services;
  if (!inventory.hasEnv(envName)) return;
  const env = inventory.env(envName);
  if (inventory.vmsOf(envName).length > 0) {
    inventory.putEnv({ ...env, phase: 'deleting' });
    return;
  }
  await removeNetworks(services, env);
  services.checkpoint('networks removed');
  for (const snapshot of inventory.snapshotsOf(envName)) await dropSnapshot(services, snapshot);
  for (const { id } of env.recordings ?? []) await services.recordings.remove(id);
  await services.sshKeys.remove(envName);
  inventory.deleteEnv(envName);
}
