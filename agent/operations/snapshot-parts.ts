// What there is of a snapshot on the host: whether all its files are there, before anything is changed for its sake.
import { type Snapshot, TtError } from '@tt/protocol';
import type { Services } from './services.ts';

/** Throws SNAPSHOT_DAMAGED, naming what of a VM's part is missing. */
export async function mustBeWhole(
  services: Services,
  snapshot: Snapshot,
  targets: readonly { vm: { id: string; name: string }; hasRam: boolean }[],
): Promise<void> {
  for (const { vm, hasRam } of targets) {
    const missing = await missingOf(services, vm.id, snapshot.id, hasRam);
    if (missing.length === 0) continue;
    throw new TtError('SNAPSHOT_DAMAGED', {
      snapshotName: snapshot.name,
      vmName: vm.name,
      missing: missing.join(', '),
    });
  }
}

/** What a VM's part of a snapshot needs and has not, in words. */
export async function missingOf(
  { snapshots, storage }: Services,
  vmId: string,
  tag: string,
  hasRam: boolean,
): Promise<string[]> {
  const saved = (await storage.listSnapshots(vmId)).find((candidate) => candidate.tag === tag);
  const ofDisks = saved ? [] : ['the state of its disks'];
  // Snapshots of an older TT have their RAM inside the disk.
  if (!hasRam || (saved && saved.vmStateBytes > 0)) return ofDisks;
  const ramFile = await snapshots.missingRamFile(vmId, tag);
  return ramFile === null ? ofDisks : [...ofDisks, ramFile];
}
