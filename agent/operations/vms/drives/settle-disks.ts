// After a crash, makes a VM's record and the disks on the host agree: a disk that was created but not recorded, or forgotten but
// not removed, is removed; a disk that has grown gets its real size in the record.
import { BOOT_DISK } from '@tt/protocol';
import { FIRMWARE_DISK } from '../../../storage/disk-name.ts';
import { StorageError } from '../../../storage/errors.ts';
import type { Services } from '../../services.ts';
import { rememberDiskSizes } from '../../snapshots/revert-disks.ts';

export async function settleDisks(
  services: Pick<Services, 'logger' | 'inventory' | 'storage'>,
  vmId: string,
): Promise<void> {
  const { inventory, storage, logger } = services;
  // A process that does not answer may have any of them open.
  if (!inventory.hasVm(vmId) || inventory.vm(vmId).status.state === 'unknown' || !(await storage.exists(vmId))) return;
  const vm = inventory.vm(vmId);
  try {
    for (const name of await storage.disks(vmId)) {
      if (name === BOOT_DISK || name === FIRMWARE_DISK || vm.spec.disks.some((disk) => disk.name === name)) continue;
      logger.warn({ vmId, vmName: vm.name, diskName: name }, 'removing a disk that is not recorded');
      await storage.removeDisk(vmId, name);
    }
    await rememberDiskSizes(services, vmId);
  } catch (error) {
    // A disk that is missing is said when the VM is started; the agent must come up all the same.
    if (!(error instanceof StorageError)) throw error;
    logger.warn({ err: error, vmId, vmName: vm.name }, 'could not check its disks');
  }
}
