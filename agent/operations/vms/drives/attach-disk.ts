// Attaches, detaches and limits disks that a VM has. While it runs this is done in the running machine.
import { BOOT_DISK, type DriveLimits, TtError, type Vm } from '@tt/protocol';
import { EngineError } from '../../../engines/errors.ts';
import type { RunningVm } from '../../../engines/interface.ts';
import type { VmRecord } from '../../../state/vm-record.ts';
import { defineOperation } from '../../define-operation.ts';
import { holdingEnvOfVm } from '../../targets.ts';
import { changeDrives, driveFailure, mustBeLive } from './change-drives.ts';
import type { Services } from '../../services.ts';
import { diskOf, limitsOf, withDisk } from './vm-disks.ts';
import { driveOf } from '../launch-spec.ts';

export const attachDiskOperation = defineOperation({
  kind: 'disk.attach',
  ...holdingEnvOfVm,
  cancellable: false,
  run: ({ services, input }) => attachDisk(services, input.vmId, input.name),
});

export const detachDiskOperation = defineOperation({
  kind: 'disk.detach',
  ...holdingEnvOfVm,
  cancellable: false,
  run: ({ services, input }) => detachDisk(services, input.vmId, input.name),
});

export const limitDiskOperation = defineOperation({
  kind: 'disk.limit',
  ...holdingEnvOfVm,
  cancellable: false,
  run: ({ services, input }) => limitDisk(services, input.vmId, input.name, input.limits),
});

/** One that is attached already is fine. */
async function attachDisk(services: Services, vmId: string, name: string): Promise<Vm> {
  const vm = services.inventory.vm(vmId);
  const disk = diskOf(vm, name);
  if (disk.attached) return services.inventory.vmView(vm);
  mustBeLive(services, vm, 'hotplug', 'disks');
  return change(services, vm, withDisk(vm.spec.disks, name, { attached: true }), (handle) =>
    handle.attachDrive(driveOf(services, vmId, disk)),
  );
}

/** One that is detached already is fine. Throws DISK_IS_BOOT, or DISK_IN_USE when the guest does not let go of it. */
async function detachDisk(services: Services, vmId: string, name: string): Promise<Vm> {
  const vm = services.inventory.vm(vmId);
  const disk = diskOf(vm, name);
  if (name === BOOT_DISK) throw new TtError('DISK_IS_BOOT', { vmName: vm.name, diskName: name });
  if (!disk.attached) return services.inventory.vmView(vm);
  mustBeLive(services, vm, 'hotplug', 'disks');
  return change(services, vm, withDisk(vm.spec.disks, name, { attached: false }), async (handle) => {
    try {
      await handle.detachDrive(name);
    } catch (error) {
      if (!(error instanceof EngineError) || error.code !== 'COMMAND_FAILED') throw error;
      throw new TtError('DISK_IN_USE', { vmName: vm.name, diskName: name, reason: error.reason }, { cause: error });
    }
  });
}

/** null lifts the limits. */
async function limitDisk(services: Services, vmId: string, name: string, wanted: DriveLimits | null): Promise<Vm> {
  const vm = services.inventory.vm(vmId);
  const disk = diskOf(vm, name);
  const limits = limitsOf(wanted);
  return change(services, vm, withDisk(vm.spec.disks, name, { limits }), async (handle) => {
    if (disk.attached) await handle.setDriveLimits(name, limits);
  });
}

async function change(
  services: Services,
  vm: VmRecord,
  disks: VmRecord['spec']['disks'],
  plug: (handle: RunningVm) => Promise<void>,
): Promise<Vm> {
  try {
    await changeDrives(services, vm.id, { disks }, plug);
  } catch (error) {
    throw await driveFailure(services, vm.name, error);
  }
  return services.inventory.vmView(services.inventory.vm(vm.id));
}
