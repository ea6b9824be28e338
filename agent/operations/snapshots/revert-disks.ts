// Reverts the drives of a VM to those it had when a snapshot was taken. This happens before its state is loaded, because a
// machine only accepts a state with the same disks.
import type { MachineSpec } from '@tt/protocol';
import type { RunningVm } from '../../engines/interface.ts';
import type { VmRecord } from '../../state/vm-record.ts';
import type { Services } from '../services.ts';
import { changeDrives, machineOf } from '../vms/drives/change-drives.ts';
import { withDisk } from '../vms/drives/vm-disks.ts';
import { driveOf, mediumPath } from '../vms/launch-spec.ts';

type Drives = Pick<MachineSpec, 'disks' | 'cds'>;

/**
 * `reverted`: the spec as it will be. `live`: the running machine (if any) now has its drives, and the state may be loaded into
 * it. `restart`: the record has them, but the running machine could not be made so (the guest holds on to a disk): it has to be
 * ended, and the state loaded into a new one. The caller holds the ENV's lock.
 */
export async function restoreDisks(services: Services, vmId: string, reverted: Drives): Promise<'live' | 'restart'> {
  const { inventory, logger } = services;
  const vm = inventory.vm(vmId);
  const wanted: Drives = { disks: reverted.disks, cds: reverted.cds };
  const handle = machineOf(services, vm);
  if (!handle) {
    inventory.updateVm(vmId, { spec: wanted });
    return 'live';
  }
  try {
    await changeDrives(services, vmId, wanted, (machine) => replug(services, vm, wanted, machine));
    return 'live';
  } catch (error) {
    logger.info({ err: error, vmId, vmName: vm.name }, 'its drives can’t be changed while it runs: restarting it');
    inventory.updateVm(vmId, { spec: wanted, status: { unsettledDrives: true } });
    return 'restart';
  }
}

/** After a revert: disks that have grown since have their old sizes again. */
export async function rememberDiskSizes(
  { storage, inventory }: Pick<Services, 'inventory' | 'storage'>,
  vmId: string,
): Promise<void> {
  for (const { name, sizeMiB } of inventory.vm(vmId).spec.disks) {
    const found = await storage.sizeMiB(vmId, name);
    if (found !== sizeMiB)
      inventory.updateVm(vmId, { spec: { disks: withDisk(inventory.vm(vmId).spec.disks, name, { sizeMiB: found }) } });
  }
}

/** First what the guest may refuse. */
async function replug(
  services: Pick<Services, 'storage' | 'images'>,
  vm: VmRecord,
  wanted: Drives,
  handle: RunningVm,
): Promise<void> {
  const before = new Map(vm.spec.disks.map((disk) => [disk.name, disk]));
  const differing = wanted.disks.filter(({ name, attached }) => before.get(name)?.attached !== attached);
  for (const { name, attached } of differing) if (!attached) await handle.detachDrive(name);
  for (const disk of differing) if (disk.attached) await handle.attachDrive(driveOf(services, vm.id, disk));
  for (const { name, attached, limits } of wanted.disks) {
    const limitsBefore = JSON.stringify(before.get(name)?.limits);
    if (attached && limitsBefore !== JSON.stringify(limits)) await handle.setDriveLimits(name, limits);
  }
  for (const [index, { name, medium }] of wanted.cds.entries()) {
    if (vm.spec.cds[index]?.medium !== medium) await handle.changeCd(name, mediumPath(services, medium));
  }
}
