// Calls about the disks of a VM.
import { addDisk, removeDisk } from '../operations/drives/add-disk.ts';
import { attachDisk, detachDisk, limitDisk } from '../operations/drives/attach-disk.ts';
import { growDisk } from '../operations/drives/grow-disks.ts';
import { api } from './context.ts';
import { onLockedVm } from './on-vm.ts';

export const diskApi = {
  add: api.disk.add.handler(({ input, context }) =>
    onLockedVm(context, 'disk.add', input, 'gets a disk', (operation) => addDisk(context.services, input, operation)),
  ),
  attach: api.disk.attach.handler(({ input, context }) =>
    onLockedVm(context, 'disk.attach', input, 'gets a disk back', () =>
      attachDisk(context.services, input.vmId, input.name),
    ),
  ),
  detach: api.disk.detach.handler(({ input, context }) =>
    onLockedVm(context, 'disk.detach', input, 'gives a disk back', () =>
      detachDisk(context.services, input.vmId, input.name),
    ),
  ),
  remove: api.disk.remove.handler(({ input, context }) =>
    onLockedVm(context, 'disk.remove', input, 'loses a disk', () =>
      removeDisk(context.services, input.vmId, input.name),
    ),
  ),
  grow: api.disk.grow.handler(({ input, context }) =>
    onLockedVm(context, 'disk.grow', input, 'gets a larger disk', () =>
      growDisk(context.services, input.vmId, input.name, input.sizeMiB),
    ),
  ),
  limit: api.disk.limit.handler(({ input, context }) =>
    onLockedVm(context, 'disk.limit', input, 'gets a disk limited', () =>
      limitDisk(context.services, input.vmId, input.name, input.limits),
    ),
  ),
};
