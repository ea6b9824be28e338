// Attaches a detached disk of a VM; if the VM runs, in the running machine.
import type { Vm } from '@tt/protocol';
import { defineOperation } from '../../define-operation.ts';
import type { Services } from '../../services.ts';
import { holdingEnvOfVm } from '../../targets.ts';
import { driveOf } from '../launch-spec.ts';
import { changeDisks, mustBeLive } from './change-drives.ts';
import { diskOf, withDisk } from './vm-disks.ts';

export const attachDiskOperation = defineOperation({
  kind: 'disk.attach',
  ...holdingEnvOfVm,
  cancellable: false,
  run: ({ services, input }) => attachDisk(services, input.vmId, input.name),
});

/** One that is attached already is fine. */
async function attachDisk(
  services: Pick<Services, 'inventory' | 'running' | 'engines' | 'storage' | 'checkpoint'>,
  vmId: string,
  name: string,
): Promise<Vm> {
  const vm = services.inventory.vm(vmId);
  const disk = diskOf(vm, name);
  if (disk.attached) return services.inventory.vmView(vm);
  mustBeLive(services, vm, 'hotplug', 'disks');
  return changeDisks(services, vm, withDisk(vm.spec.disks, name, { attached: true }), (handle) =>
    handle.attachDrive(driveOf(services, vmId, disk)),
  );
}
