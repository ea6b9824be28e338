// Detaches a disk from a VM, which keeps it; if the VM runs, when its guest releases the disk.
import { BOOT_DISK, TtError, type Vm } from '@tt/protocol';
import { EngineError } from '../../../engines/errors.ts';
import { defineOperation } from '../../define-operation.ts';
import type { Services } from '../../services.ts';
import { holdingEnvOfVm } from '../../targets.ts';
import { changeDisks, mustBeLive } from './change-drives.ts';
import { diskOf, withDisk } from './vm-disks.ts';

export const detachDiskOperation = defineOperation({
  kind: 'disk.detach',
  ...holdingEnvOfVm,
  cancellable: false,
  run: ({ services, input }) => detachDisk(services, input.vmId, input.name),
});

/** Does nothing for a detached one. Throws DISK_IS_BOOT, or DISK_IN_USE if the guest does not release it. */
async function detachDisk(
  services: Pick<Services, 'inventory' | 'running' | 'engines' | 'storage' | 'checkpoint'>,
  vmId: string,
  name: string,
): Promise<Vm> {
  const vm = services.inventory.vm(vmId);
  const disk = diskOf(vm, name);
  if (name === BOOT_DISK) throw new TtError('DISK_IS_BOOT', { vmName: vm.name, diskName: name });
  if (!disk.attached) return services.inventory.vmView(vm);
  mustBeLive(services, vm, 'hotplug', 'disks');
  return changeDisks(services, vm, withDisk(vm.spec.disks, name, { attached: false }), async (handle) => {
    try {
      await handle.detachDrive(name);
    } catch (error) {
      if (!(error instanceof EngineError) || error.code !== 'COMMAND_FAILED') throw error;
      throw new TtError('DISK_IN_USE', { vmName: vm.name, diskName: name, reason: error.reason }, { cause: error });
    }
  });
}
