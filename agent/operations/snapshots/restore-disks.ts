// Puts the drives of a VM back to what they were when a snapshot was taken. Before its state is loaded: a machine takes a state
// only with the disks it had then.
import type { RunningVm } from '../../engines/interface.ts';
import type { VmRecord } from '../../state/records.ts';
import { changeDrives, type DriveFields, machineOf } from '../vms/drives/change-drives.ts';
import type { Services } from '../services.ts';
import { withDiskSize } from '../vms/drives/vm-disks.ts';
import { driveOf, mediumPath } from '../vms/launch-spec.ts';

/**
 * `live`: the running machine (if any) now has these drives, and the state may be loaded into it. `restart`: the record has
 * them, but the running machine could not be made so (the guest holds on to a disk, or its firmware is another): it has to be
 * ended, and the state loaded into a new one. Disks the snapshot does not know stay, detached. The caller holds the ENV's lock.
 */
export async function restoreDisks(services: Services, vmId: string, config: DriveFields): Promise<'live' | 'restart'> {
  const { inventory, logger } = services;
  const vm = inventory.vm(vmId);
  const wanted = drivesAt(services, vm, config);
  const handle = machineOf(services, vm);
  if (!handle || !isSameMachine(vm, wanted)) {
    inventory.updateVm(vmId, { ...wanted, unsettledDrives: handle !== null });
    return handle ? 'restart' : 'live';
  }
  try {
    await changeDrives(services, vmId, wanted, (machine) => replug(services, vm, wanted, machine));
    return 'live';
  } catch (error) {
    logger.info({ err: error, vmId, vmName: vm.name }, 'its drives can’t be changed while it runs: it is started anew');
    inventory.updateVm(vmId, { ...wanted, unsettledDrives: true });
    return 'restart';
  }
}

/** After a revert: disks that have grown since have their old sizes again. */
export async function rememberDiskSizes({ storage, inventory }: Services, vmId: string): Promise<void> {
  for (const { name, sizeMiB } of inventory.vm(vmId).disks) {
    const found = await storage.sizeMiB(vmId, name);
    if (found !== sizeMiB) inventory.updateVm(vmId, withDiskSize(inventory.vm(vmId), name, found));
  }
}

/** What the record says from now on. A medium that is gone since leaves its drive empty. */
function drivesAt(services: Services, vm: VmRecord, config: DriveFields): DriveFields {
  const disks = vm.disks.map((disk) => {
    const then = config.disks.find(({ name }) => name === disk.name);
    return then ? { ...disk, attached: then.attached, limits: then.limits } : { ...disk, attached: false };
  });
  const cds = config.cds.map(({ name, medium }) => ({
    name,
    medium: mediumPath(services, medium) === null ? null : medium,
  }));
  return { disks, cds, firmware: config.firmware, bootFrom: config.bootFrom };
}

function isSameMachine(vm: VmRecord, { cds, firmware, bootFrom }: DriveFields): boolean {
  return vm.firmware === firmware && vm.bootFrom === bootFrom && vm.cds.length === cds.length;
}

/** First what the guest may refuse. */
async function replug(services: Services, vm: VmRecord, wanted: DriveFields, handle: RunningVm): Promise<void> {
  const before = new Map(vm.disks.map((disk) => [disk.name, disk]));
  const differing = wanted.disks.filter(({ name, attached }) => before.get(name)?.attached !== attached);
  for (const { name, attached } of differing) if (!attached) await handle.detachDrive(name);
  for (const disk of differing) if (disk.attached) await handle.attachDrive(driveOf(services, vm.id, disk));
  for (const { name, attached, limits } of wanted.disks) {
    const limitsBefore = JSON.stringify(before.get(name)?.limits);
    if (attached && limitsBefore !== JSON.stringify(limits)) await handle.setDriveLimits(name, limits);
  }
  for (const [index, { name, medium }] of wanted.cds.entries()) {
    if (vm.cds[index]?.medium !== medium) await handle.changeCd(name, mediumPath(services, medium));
  }
}
