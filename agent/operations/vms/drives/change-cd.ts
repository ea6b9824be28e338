// The common part of inserting and ejecting: sets the medium of a CD drive, or none.
import { CD_NAMES, type CdName, TtError, type Vm } from '@tt/protocol';
import type { VmRecord } from '../../../state/vm-record.ts';
import type { Services } from '../../services.ts';
import { changeDrives, driveFailure, machineOf, mustBeLive } from './change-drives.ts';

export async function changeCd(
  services: Pick<Services, 'inventory' | 'running' | 'engines' | 'storage' | 'checkpoint'>,
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

/** A VM created before CD drives existed gets them while it is stopped. */
function drivesFor(services: Pick<Services, 'running'>, vm: VmRecord): VmRecord['spec']['cds'] {
  if (vm.spec.cds.length > 0) return vm.spec.cds;
  if (machineOf(services, vm)) {
    throw new TtError('VM_MUST_BE_STOPPED', { vmName: vm.name, change: 'cdDrives' });
  }
  return CD_NAMES.map((name) => ({ name, medium: null }));
}
