// Grows disks of VMs, running or not. Each is written down as it is done: a disk that has grown can't shrink again.
import { BOOT_DISK, TtError } from '@tt/protocol';
import { EngineError } from '../engines/errors.ts';
import { inWaves } from '../host/in-waves.ts';
import type { VmRecord } from '../state/records.ts';
import { StorageError } from '../storage/errors.ts';
import { controlFailure, startFailure } from './engine-failure.ts';
import type { OperationContext } from './operation-registry.ts';
import type { Services } from './services.ts';
import { withDiskSize } from './vm-disks.ts';

/** Rejects with VM_MUST_BE_STOPPED, VM_CONTROL_FAILED or DISK_FULL; those done before stay grown. */
export async function growDisks(
  services: Services,
  vms: readonly VmRecord[],
  diskMiB: number,
  context: OperationContext,
): Promise<void> {
  let done = 0;
  await inWaves(vms, services.limits.startWidth, async (vm) => {
    if (vm.resources.diskMiB < diskMiB) {
      await growOne(services, vm, diskMiB);
      services.checkpoint('disk grown');
      services.inventory.updateVm(vm.id, withDiskSize(services.inventory.vm(vm.id), BOOT_DISK, diskMiB));
    }
    context.step('Growing disks', { done: ++done, total: vms.length });
  });
}

async function growOne(services: Services, vm: VmRecord, diskMiB: number): Promise<void> {
  const handle = services.running.get(vm.id);
  try {
    if (handle) await handle.resizeDisk(diskMiB);
    else await services.storage.resizeImage(vm.id, diskMiB);
  } catch (error) {
    if (error instanceof EngineError && error.code === 'COMMAND_FAILED') {
      throw new TtError(
        'VM_MUST_BE_STOPPED',
        { vmName: vm.name, change: `its disk (${error.message})` },
        { cause: error },
      );
    }
    if (error instanceof StorageError && error.code !== 'DISK_FULL') {
      throw new TtError('VM_CONTROL_FAILED', { vmName: vm.name, reason: error.message }, { cause: error });
    }
    throw controlFailure(vm.name, await startFailure(services, vm.name, error));
  }
}
