// Calls about the disks of a VM. A change is complete when the call returns: in the guest too if the VM runs, otherwise at its
// next start. The VM itself lists its disks.
import { z } from 'zod';
import { operationId, vmId } from '../model/common.ts';
import { diskName, diskSizeMiB, driveLimitsSchema } from '../model/disk.ts';
import { vmSchema } from '../model/vm.ts';
import { call, changingDrives } from './base.ts';

const ofDisk = { vmId, name: diskName, operationId };

export const disk = {
  add: call(
    ...changingDrives,
    'DISK_NAME_TAKEN',
    'DISK_COUNT_LIMIT',
    'DISK_EXHAUSTED',
    'QUOTA_EXCEEDED',
    'TEAM_QUOTA_EXCEEDED',
    'DISK_FULL',
    'OPERATION_CANCELLED',
  )
    .route({
      method: 'POST',
      path: '/vms/{vmId}/disks',
      successStatus: 201,
      summary: 'Adds an empty disk and attaches it, all or nothing',
      tags: ['disk'],
    })
    .input(
      z.strictObject({
        vmId,
        operationId,
        sizeMiB: diskSizeMiB,
        name: diskName.optional().describe('Default: the first free name.'),
        limits: driveLimitsSchema.optional(),
      }),
    )
    .output(vmSchema),
  attach: call(...changingDrives, 'DISK_NOT_FOUND')
    .route({
      method: 'POST',
      path: '/vms/{vmId}/disks/{name}/attach',
      summary: 'Attaches a detached disk',
      tags: ['disk'],
    })
    .input(z.strictObject(ofDisk))
    .output(vmSchema),
  detach: call(...changingDrives, 'DISK_NOT_FOUND', 'DISK_IS_BOOT', 'DISK_IN_USE')
    .route({
      method: 'POST',
      path: '/vms/{vmId}/disks/{name}/detach',
      summary: 'Detaches a disk and keeps it; a running guest must release it',
      tags: ['disk'],
    })
    .input(z.strictObject(ofDisk))
    .output(vmSchema),
  remove: call(...changingDrives, 'DISK_NOT_FOUND', 'DISK_IS_BOOT', 'DISK_ATTACHED', 'DISK_HELD')
    .route({
      method: 'DELETE',
      path: '/vms/{vmId}/disks/{name}',
      summary: 'Deletes a detached disk that no snapshot needs, with all its data',
      tags: ['disk'],
    })
    .input(z.strictObject(ofDisk))
    .output(vmSchema),
  grow: call(
    ...changingDrives,
    'DISK_NOT_FOUND',
    'DISK_CANNOT_SHRINK',
    'DISK_EXHAUSTED',
    'QUOTA_EXCEEDED',
    'TEAM_QUOTA_EXCEEDED',
    'DISK_FULL',
  )
    .route({
      method: 'POST',
      path: '/vms/{vmId}/disks/{name}/grow',
      summary: 'Enlarges a disk; its partitions do not change',
      tags: ['disk'],
    })
    .input(z.strictObject({ ...ofDisk, sizeMiB: diskSizeMiB }))
    .output(vmSchema),
  limit: call(...changingDrives, 'DISK_NOT_FOUND')
    .route({
      method: 'POST',
      path: '/vms/{vmId}/disks/{name}/limit',
      summary: 'Limits the rate of a disk, effective immediately',
      tags: ['disk'],
    })
    .input(z.strictObject({ ...ofDisk, limits: driveLimitsSchema.nullable().describe('null removes them.') }))
    .output(vmSchema),
};
