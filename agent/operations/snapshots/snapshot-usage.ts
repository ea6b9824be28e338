// The storage that snapshots of an ENV use: RAM and disk of each VM, which snapshot was taken after which, and which ENVs were
// made from them.
import type { Snapshot, SnapshotUsage } from '@tt/protocol';
import { StorageError } from '../../storage/errors.ts';
import { snapshotFailure } from '../engine-failure.ts';
import type { Services } from '../services.ts';
import { missingOf } from './snapshot-parts.ts';

/** Which snapshots there are, and where their disks and RAM are. */
type Stores = Pick<Services, 'inventory' | 'storage' | 'snapshots'>;

export interface EnvSnapshotUsage {
  vms: { vmId: string; vmName: string; usedBytes: number }[];
  snapshots: SnapshotUsage[];
}

type Part = Snapshot['vms'][number];

export async function snapshotUsage(services: Stores, envName: string): Promise<EnvSnapshotUsage> {
  const { inventory, storage } = services;
  inventory.env(envName);
  const vms: EnvSnapshotUsage['vms'] = [];
  for (const { id, name } of inventory.vmsOf(envName)) {
    vms.push({ vmId: id, vmName: name, usedBytes: await storage.usedBytes(id) });
  }
  const snapshots: SnapshotUsage[] = [];
  for (const snapshot of inventory.snapshotsOf(envName)) snapshots.push(await usageOf(services, snapshot));
  return { vms, snapshots };
}

async function usageOf(services: Stores, snapshot: Snapshot): Promise<SnapshotUsage> {
  const { inventory } = services;
  const vms: SnapshotUsage['vms'] = [];
  for (const part of snapshot.vms.filter(({ removed }) => !removed)) vms.push(await partOf(services, snapshot, part));
  const sum = (key: 'ramBytes' | 'diskBytes') => vms.reduce((total, vm) => total + vm[key], 0);
  return {
    id: snapshot.id,
    name: snapshot.name,
    ramBytes: sum('ramBytes'),
    diskBytes: sum('diskBytes'),
    vms,
    children: inventory
      .snapshotsOf(snapshot.envName)
      .filter(({ parentId }) => parentId === snapshot.id)
      .map(({ name }) => name),
    forks: inventory
      .envs()
      .filter((env) => env.forkedFrom?.snapshotId === snapshot.id)
      .map(({ name }) => name),
  };
}

async function partOf(
  services: Pick<Services, 'storage' | 'snapshots'>,
  snapshot: Snapshot,
  part: Part,
): Promise<SnapshotUsage['vms'][number]> {
  const { vmId, vmName, hasRam, vmStateBytes } = part;
  try {
    const missing = await missingOf(services, vmId, snapshot.id, hasRam);
    return { vmId, vmName, ramBytes: vmStateBytes, diskBytes: await diskBytes(services, vmId, snapshot.id), missing };
  } catch (error) {
    throw await snapshotFailure(services, snapshot.name, vmName, error);
  }
}

/** Of a snapshot that is damaged nothing would be freed; that it is, is said by `missing`. */
async function diskBytes({ storage }: Pick<Services, 'storage'>, vmId: string, tag: string): Promise<number> {
  try {
    return await storage.snapshotBytes(vmId, tag);
  } catch (error) {
    if (error instanceof StorageError && error.code === 'SNAPSHOT_NOT_FOUND') return 0;
    throw error;
  }
}
