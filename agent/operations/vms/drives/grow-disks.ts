// Grows disks of VMs, running or not. Each is recorded as it is done, because a disk cannot shrink again.
import { BOOT_DISK, TtError, type Vm, bootDiskMiB } from '@tt/protocol';
import { ownersOf } from '../../../access/owners.ts';
import { EngineError } from '../../../engines/errors.ts';
import { mapLimit } from '../../../host/map-limit.ts';
import type { VmRecord } from '../../../state/vm-record.ts';
import { admitRequest } from '../../capacity/capacity.ts';
import { defineOperation } from '../../define-operation.ts';
import type { OperationContext } from '../../operation-registry.ts';
import type { Services } from '../../services.ts';
import { driveFailure, machineOf } from './change-drives.ts';
import { diskOf, withDisk } from './vm-disks.ts';
import { holdingEnvOfVm } from '../../targets.ts';

/** Boot disks. Rejects with VM_MUST_BE_STOPPED, VM_CONTROL_FAILED or DISK_FULL; those done before stay grown. */
export async function growDisks(
  services: Pick<Services, 'limits' | 'inventory' | 'running' | 'storage' | 'checkpoint'>,
  vms: readonly VmRecord[],
  diskMiB: number,
  context: OperationContext,
): Promise<void> {
  let done = 0;
  await mapLimit(vms, services.limits.startWidth, async (vm) => {
    if (bootDiskMiB(vm.spec) < diskMiB) await growOne(services, vm, BOOT_DISK, diskMiB);
    context.step('growingDisks', { done: ++done, total: vms.length });
  });
}

export const growDiskOperation = defineOperation({
  kind: 'disk.grow',
  ...holdingEnvOfVm,
  cancellable: false,
  run: ({ services, input }) => growDisk(services, input.vmId, input.name, input.sizeMiB),
});

/** One disk of one VM, attached or not. Throws DISK_CANNOT_SHRINK. */
async function growDisk(services: Services, vmId: string, name: string, sizeMiB: number): Promise<Vm> {
  const { inventory } = services;
  await services.allocation.run(async () => {
    const vm = inventory.vm(vmId);
    const disk = diskOf(vm, name);
    if (sizeMiB < disk.sizeMiB) {
      throw new TtError('DISK_CANNOT_SHRINK', { vmName: vm.name, currentMiB: disk.sizeMiB, wantedMiB: sizeMiB });
    }
    const accounts = ownersOf(inventory.env(vm.envName));
    const diskMiB = sizeMiB - disk.sizeMiB;
    admitRequest(services, accounts, { envs: 0, vms: 0, cpuCount: 0, memoryMiB: 0, diskMiB });
    if (diskMiB > 0) await growOne(services, vm, name, sizeMiB);
  });
  return inventory.vmView(inventory.vm(vmId));
}

async function growOne(
  services: Pick<Services, 'inventory' | 'running' | 'storage' | 'checkpoint'>,
  vm: VmRecord,
  name: string,
  sizeMiB: number,
): Promise<void> {
  const { inventory } = services;
  const handle = diskOf(vm, name).attached ? machineOf(services, vm) : null;
  try {
    if (handle) await handle.resizeDisk(sizeMiB, name);
    else await services.storage.resizeImage(vm.id, sizeMiB, name);
  } catch (error) {
    if (error instanceof EngineError && error.code === 'COMMAND_FAILED') {
      throw new TtError('VM_MUST_BE_STOPPED', { vmName: vm.name, change: 'diskSize' }, { cause: error });
    }
    throw await driveFailure(services, vm.name, error);
  }
  services.checkpoint('disk grown');
  inventory.updateVm(vm.id, { spec: { disks: withDisk(inventory.vm(vm.id).spec.disks, name, { sizeMiB }) } });
}
