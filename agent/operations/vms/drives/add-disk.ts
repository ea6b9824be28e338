// Adds empty disks to a VM, and deletes those that it no longer has and no snapshot holds.
import { BOOT_DISK, TtError, type Vm } from '@tt/protocol';
import type { UndoStack } from '../../../host/undo-stack.ts';
import type { VmRecord } from '../../../state/records.ts';
import { allOrNothing, keepFromHere } from '../../all-or-nothing.ts';
import { defineOperation, type InputOf } from '../../define-operation.ts';
import { holdingEnvOfVm } from '../../targets.ts';
import { changeDrives, driveFailure, mustBeLive } from './change-drives.ts';
import type { OperationContext } from '../../operation-registry.ts';
import type { Services } from '../../services.ts';
import { admitWish } from '../../capacity/capacity.ts';
import { diskOf, limitsOf, nameForDisk, withDisk } from './vm-disks.ts';
import { driveOf } from '../launch-spec.ts';

type DiskRequest = InputOf<'disk.add'>;

export const addDiskOperation = defineOperation({
  kind: 'disk.add',
  ...holdingEnvOfVm,
  cancellable: true,
  run: ({ services, input, operation }) => addDisk(services, input, operation),
});

/** All or nothing: made, written down as detached, then attached. */
async function addDisk(services: Services, request: DiskRequest, context: OperationContext): Promise<Vm> {
  const { inventory } = services;
  const { vmId } = request;
  const { name: vmName } = inventory.vm(vmId);
  mustBeLive(services, inventory.vm(vmId), 'hotplug', 'disks');
  try {
    return await allOrNothing(services, context, async (undo) => {
      context.step('creatingDisk');
      const name = await services.allocation.run(() => makeDisk(services, request, undo));
      keepFromHere(context);
      context.step('attachingDisk');
      const { disks } = inventory.vm(vmId);
      await changeDrives(services, vmId, { disks: withDisk(disks, name, { attached: true }) }, (handle) =>
        handle.attachDrive(driveOf(services, vmId, diskOf(inventory.vm(vmId), name))),
      );
      services.logger.info({ vmId, vmName, diskName: name, sizeMiB: request.sizeMiB }, 'disk added');
      return inventory.vmView(inventory.vm(vmId));
    });
  } catch (error) {
    throw await driveFailure(services, vmName, error);
  }
}

/** Checked, made and written down in one step for all callers, so that no two are promised the last space. */
async function makeDisk(services: Services, request: DiskRequest, undo: UndoStack): Promise<string> {
  const { inventory, storage } = services;
  const { vmId, sizeMiB } = request;
  const vm = inventory.vm(vmId);
  const name = nameForDisk(vm, request.name);
  const { owner } = inventory.env(vm.envName);
  admitWish(services, owner, { envs: 0, vms: 0, cpuCount: 0, memoryMiB: 0, diskMiB: sizeMiB });
  await storage.addDisk(vmId, name, sizeMiB);
  undo.add(`${name} of ${vm.name}`, async () => {
    if (inventory.hasVm(vmId)) forgetDisk(services, vmId, name);
    await storage.removeDisk(vmId, name);
  });
  services.checkpoint('disk made');
  const disk = { name, sizeMiB, attached: false, limits: limitsOf(request.limits) };
  inventory.updateVm(vmId, { disks: inOrder([...inventory.vm(vmId).disks, disk]) });
  return name;
}

export const removeDiskOperation = defineOperation({
  kind: 'disk.remove',
  ...holdingEnvOfVm,
  cancellable: false,
  run: ({ services, input }) => removeDisk(services, input.vmId, input.name),
});

/** Throws DISK_IS_BOOT, DISK_ATTACHED or DISK_HELD. */
async function removeDisk(services: Services, vmId: string, name: string): Promise<Vm> {
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
    inventory.updateVm(vmId, { disks: vm.disks });
    throw await driveFailure(services, vm.name, error);
  }
  services.logger.info({ vmId, vmName: vm.name, diskName: name }, 'disk removed');
  return inventory.vmView(inventory.vm(vmId));
}

/** Names of the snapshots that bring the disk back, whether it was attached then or not. */
function holdersOf({ inventory }: Services, { id, envName }: VmRecord, diskName: string): string[] {
  return inventory
    .snapshotsOf(envName)
    .filter(({ vms }) =>
      vms.some((part) => part.vmId === id && !part.removed && part.config?.disks.some(({ name }) => name === diskName)),
    )
    .map(({ name }) => name);
}

function forgetDisk({ inventory }: Services, vmId: string, name: string): void {
  inventory.updateVm(vmId, { disks: inventory.vm(vmId).disks.filter((disk) => disk.name !== name) });
}

function inOrder(disks: VmRecord['disks']): VmRecord['disks'] {
  return disks.toSorted((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
}
