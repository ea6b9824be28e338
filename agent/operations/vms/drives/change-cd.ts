// Puts media into the CD drives of a VM and takes them out, also while it runs.
import { CD_NAMES, type CdName, TtError, type Vm } from '@tt/protocol';
import type { VmRecord } from '../../../state/records.ts';
import { defineOperation } from '../../define-operation.ts';
import { holdingEnvOfVm } from '../../targets.ts';
import { changeDrives, driveFailure, machineOf, mustBeLive } from './change-drives.ts';
import type { Services } from '../../services.ts';

/** Rejects with IMAGE_NOT_FOUND or IMAGE_WRONG_KIND for what is no medium. */
export const insertCdOperation = defineOperation({
  kind: 'cd.insert',
  ...holdingEnvOfVm,
  cancellable: false,
  async run({ services, input: { vmId, name, medium } }) {
    const { path } = services.images.medium(medium);
    return changeCd(services, vmId, name, { medium, path });
  },
});

/** An empty drive is fine. */
export const ejectCdOperation = defineOperation({
  kind: 'cd.eject',
  ...holdingEnvOfVm,
  cancellable: false,
  run: ({ services, input: { vmId, name } }) => changeCd(services, vmId, name, { medium: null, path: null }),
});

async function changeCd(
  services: Services,
  vmId: string,
  name: CdName,
  { medium, path }: { medium: string | null; path: string | null },
): Promise<Vm> {
  const { inventory } = services;
  const vm = inventory.vm(vmId);
  const cds = drivesFor(services, vm).map((cd) => (cd.name === name ? { name, medium } : cd));
  mustBeLive(services, vm, 'cd', 'media');
  try {
    await changeDrives(services, vmId, { cds }, (handle) => handle.changeCd(name, path));
  } catch (error) {
    throw await driveFailure(services, vm.name, error);
  }
  return inventory.vmView(inventory.vm(vmId));
}

/** A VM made before there were CD drives gets them while it stands still. */
function drivesFor(services: Services, vm: VmRecord): VmRecord['cds'] {
  if (vm.cds.length > 0) return vm.cds;
  if (machineOf(services, vm)) {
    throw new TtError('VM_MUST_BE_STOPPED', { vmName: vm.name, change: 'cdDrives' });
  }
  return CD_NAMES.map((name) => ({ name, medium: null }));
}
