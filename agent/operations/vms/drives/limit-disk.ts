// Limits how fast a VM can read and write one of its disks, also while it runs.
import type { DriveLimits, Vm } from '@tt/protocol';
import { defineOperation } from '../../define-operation.ts';
import type { Services } from '../../services.ts';
import { holdingEnvOfVm } from '../../targets.ts';
import { changeDisks } from './change-drives.ts';
import { diskOf, limitsOf, withDisk } from './vm-disks.ts';

export const limitDiskOperation = defineOperation({
  kind: 'disk.limit',
  ...holdingEnvOfVm,
  cancellable: false,
  run: ({ services, input }) => limitDisk(services, input.vmId, input.name, input.limits),
});

/** null lifts the limits. */
async function limitDisk(
  services: Pick<Services, 'inventory' | 'running' | 'storage' | 'checkpoint'>,
  vmId: string,
  name: string,
  wanted: DriveLimits | null,
): Promise<Vm> {
  const vm = services.inventory.vm(vmId);
  const disk = diskOf(vm, name);
  const limits = limitsOf(wanted);
  return changeDisks(services, vm, withDisk(vm.spec.disks, name, { limits }), async (handle) => {
    if (disk.attached) await handle.setDriveLimits(name, limits);
  });
}
