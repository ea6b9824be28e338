// Adds an empty disk to a VM: created, recorded as detached, then attached.
import type { Vm } from '@tt/protocol';
import { ownersOf } from '../../../access/owners.ts';
import type { UndoStack } from '../../../host/undo-stack.ts';
import type { VmRecord } from '../../../state/vm-record.ts';
import { allOrNothing, keepFromHere } from '../../all-or-nothing.ts';
import { admitRequest } from '../../capacity/capacity.ts';
import { defineOperation, type InputOf } from '../../define-operation.ts';
import type { OperationContext } from '../../operation-registry.ts';
import type { Services } from '../../services.ts';
import { holdingEnvOfVm } from '../../targets.ts';
import { driveOf } from '../launch-spec.ts';
import { changeDrives, driveFailure, mustBeLive } from './change-drives.ts';
import { forgetDisk } from './remove-disk.ts';
import { diskOf, limitsOf, nameForDisk, withDisk } from './vm-disks.ts';

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
      const {
        spec: { disks },
      } = inventory.vm(vmId);
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

/** Checked, made and written down in one step for all callers, so that no two are allocated the last space. */
async function makeDisk(services: Services, request: DiskRequest, undo: UndoStack): Promise<string> {
  const { inventory, storage } = services;
  const { vmId, sizeMiB } = request;
  const vm = inventory.vm(vmId);
  const name = nameForDisk(vm, request.name);
  const accounts = ownersOf(inventory.env(vm.envName));
  admitRequest(services, accounts, { envs: 0, vms: 0, cpuCount: 0, memoryMiB: 0, diskMiB: sizeMiB });
  await storage.addDisk(vmId, name, sizeMiB);
  undo.add(`${name} of ${vm.name}`, async () => {
    if (inventory.hasVm(vmId)) forgetDisk(services, vmId, name);
    await storage.removeDisk(vmId, name);
  });
  services.checkpoint('disk made');
  const disk = { name, sizeMiB, attached: false, limits: limitsOf(request.limits) };
  inventory.updateVm(vmId, { spec: { disks: inOrder([...inventory.vm(vmId).spec.disks, disk]) } });
  return name;
}

function inOrder(disks: VmRecord['spec']['disks']): VmRecord['spec']['disks'] {
  return disks.toSorted((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
}
