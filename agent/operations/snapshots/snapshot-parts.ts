// The parts of a snapshot, one per VM: which of them are meant, and whether all of their files exist, before anything is
// changed.
import { type Snapshot, TtError } from '@tt/protocol';
import type { VmRecord } from '../../state/vm-record.ts';
import type { Services } from '../services.ts';

/** Where the disks and the RAM of a snapshot are. */
type Stores = Pick<Services, 'storage' | 'snapshots'>;

export type SnapshotPart = Snapshot['vms'][number];

/** The parts of these VMs; default: of all existing ones. Throws SNAPSHOT_VM_MISSING. */
export function partsOf(
  { inventory }: Pick<Services, 'inventory'>,
  snapshot: Snapshot,
  vmIds?: readonly string[],
): { vm: VmRecord; part: SnapshotPart }[] {
  const parts = snapshot.vms.filter((part) => !part.removed);
  const wanted = vmIds ? [...new Set(vmIds)] : parts.map((part) => part.vmId);
  const missing = (vmId: string) => new TtError('SNAPSHOT_VM_MISSING', { snapshotName: snapshot.name, vmId });
  if (wanted.length === 0) throw missing(snapshot.vms[0]?.vmId ?? '');
  return wanted.map((vmId) => {
    const part = parts.find((candidate) => candidate.vmId === vmId);
    if (!part) throw missing(vmId);
    return { vm: inventory.vm(vmId), part };
  });
}

/** Throws SNAPSHOT_DAMAGED, naming what of a VM's part is missing. */
export async function mustBeWhole(
  services: Stores,
  snapshot: Snapshot,
  targets: readonly { vm: { id: string; name: string }; hasRam: boolean }[],
): Promise<void> {
  for (const { vm, hasRam } of targets) {
    const missing = await missingOf(services, vm.id, snapshot.id, hasRam);
    if (missing.length === 0) continue;
    throw new TtError('SNAPSHOT_DAMAGED', {
      snapshotName: snapshot.name,
      vmName: vm.name,
      missing,
    });
  }
}

/** What a VM's part of a snapshot needs and has not: names of files, and codes of the terms `snapshotPart`. */
export async function missingOf(
  { snapshots, storage }: Stores,
  vmId: string,
  tag: string,
  hasRam: boolean,
): Promise<string[]> {
  const saved = (await storage.listSnapshots(vmId)).find((candidate) => candidate.tag === tag);
  const ofDisks = saved ? [] : ['diskState'];
  // Snapshots of an older TT have their RAM inside the disk.
  if (!hasRam || (saved && saved.vmStateBytes > 0)) return ofDisks;
  const ramFile = await snapshots.missingRamFile(vmId, tag);
  return ramFile === null ? ofDisks : [...ofDisks, ramFile];
}
