// VMs whose disks are not on this host are shown as failed with that reason, not lost: their records came from a backup, or somebody
// removed the disks. Called once at start; those whose disks are back are stopped VMs again.
import { toErrorRecord, TtError } from '@tt/protocol';
import type { VmRecord, VmRecordChange } from '../../state/vm-record.ts';
import { StorageError } from '../../storage/errors.ts';
import type { Services } from '../services.ts';

/** In one line of the log. */
const NAMES_SHOWN = 20;

export async function noteMissingDisks({
  inventory,
  storage,
  logger,
}: Pick<Services, 'inventory' | 'storage' | 'logger'>): Promise<void> {
  const changes: { id: string; change: VmRecordChange }[] = [];
  const missing: string[] = [];
  for (const vm of inventory.vms().filter(mayLackDisks)) {
    try {
      const isThere = await storage.exists(vm.id);
      const wasMissing = vm.status.failure?.code === 'VM_DISK_MISSING';
      if (!isThere) missing.push(vm.name);
      if (isThere && wasMissing) changes.push({ id: vm.id, change: { status: { state: 'stopped', failure: null } } });
      if (!isThere && !wasMissing) {
        const failure = toErrorRecord(new TtError('VM_DISK_MISSING', { vmName: vm.name }));
        changes.push({ id: vm.id, change: { status: { state: 'failed', failure } } });
      }
    } catch (error) {
      // The agent must come up all the same; a start of the VM says what is wrong.
      if (!(error instanceof StorageError)) throw error;
      logger.warn({ err: error, vmId: vm.id, vmName: vm.name }, 'could not look for its disks');
    }
  }
  if (changes.length > 0) inventory.updateVms(changes);
  if (missing.length > 0)
    logger.warn({ count: missing.length, vmNames: missing.slice(0, NAMES_SHOWN) }, 'the disks of VMs are missing');
}

/** One that runs has them open, and one of a lab that discards its writes gets a disk at each start. */
function mayLackDisks({ status: { state }, origin }: VmRecord): boolean {
  return (state === 'stopped' || state === 'failed') && !origin.discardWrites;
}
