// Deletes a detached disk that no snapshot contains.
import { BOOT_DISK, TtError, type Vm } from '@tt/protocol';
import type { VmRecord } from '../../../state/vm-record.ts';
import { defineOperation } from '../../define-operation.ts';
import type { Services } from '../../services.ts';
import { holdingEnvOfVm } from '../../targets.ts';
import { driveFailure } from './change-drives.ts';
import { diskOf } from './vm-disks.ts';

export const removeDiskOperation = defineOperation({
  kind: 'disk.remove',
  ...holdingEnvOfVm,
  cancellable: false,
  frees: true,
  run: ({ services, input }) => removeDisk(services, input.vmId, input.name),
});

/** Throws DISK_IS_BOOT, DISK_ATTACHED or DISK_HELD. */
async function removeDisk(
  services: Pick<Services, 'logger' | 'inventory' | 'storage' | 'checkpoint'>,
  vmId: string,
  name: string,
): Promise<Vm> {
  const { inventory } = services;
  const vm = inventory.vm(vmId);
  const disk = diskOf(vm, name);
  const data = { vmName: vm.name, diskName: name };
  if (name === BOOT_DISK) throw new TtError('DISK_IS_BOOT', data);
  if (disk.attached) throw new TtError('DISK_ATTACHED', data);
  const snapshots = holdersOf(services, vm, name);
  if (snapshots.length > 0) throw new TtError('DISK_HELD', { ...data, snapshots });
  // The record first: a disk that nobody knows is removed at the next start, one that is gone could not be brought back.
  forgetDisk(services, vmId, name);
  services.checkpoint('disk forgotten');
  try {
    await services.storage.removeDisk(vmId, name);
  } catch (error) {
    inventory.updateVm(vmId, { spec: { disks: vm.spec.disks } });
    throw await driveFailure(services, vm.name, error);
  }
  services.logger.info({ vmId, vmName: vm.name, diskName: name }, 'disk removed');
  return inventory.vmView(inventory.vm(vmId));
}

/** Names of the snapshots that bring the disk back, whether it was attached then or not. */
function holdersOf({ inventory }: Pick<Services, 'inventory'>, { id, envName }: VmRecord, diskName: string): string[] {
  return inventory
    .snapshotsOf(envName)
    .filter(({ vms }) =>
      vms.some((part) => part.vmId === id && !part.removed && part.spec?.disks.some(({ name }) => name === diskName)),
    )
    .map(({ name }) => name);
}

export function forgetDisk({ inventory }: Pick<Services, 'inventory'>, vmId: string, name: string): void {
  inventory.updateVm(vmId, { spec: { disks: inventory.vm(vmId).spec.disks.filter((disk) => disk.name !== name) } });
}
