// Calls about the CD drives of a VM. Media are the images of kind iso.
import { z } from 'zod';
import { operationId, vmId } from '../model/common.ts';
import { cdName } from '../model/disk.ts';
import { waitForImagesField } from '../model/env.ts';
import { vmSchema } from '../model/vm.ts';
import { call, changingDrives } from './base.ts';

const ofDrive = { vmId, name: cdName, operationId };

export const cd = {
  insert: call(...changingDrives, 'IMAGE_NOT_FOUND', 'IMAGE_NOT_READY', 'IMAGE_WRONG_KIND')
    .route({
      method: 'POST',
      path: '/vms/{vmId}/cds/{name}/insert',
      summary: 'Inserts a medium into a CD drive, replacing the present one',
      tags: ['cd'],
    })
    .input(
      z.strictObject({
        ...ofDrive,
        medium: z.string().min(1).max(200).describe('Name of an image of kind iso.'),
        ...waitForImagesField,
      }),
    )
    .output(vmSchema),
  eject: call(...changingDrives)
    .route({
      method: 'POST',
      path: '/vms/{vmId}/cds/{name}/eject',
      summary: 'Ejects the medium of a CD drive, even if the guest has locked it',
      tags: ['cd'],
    })
    .input(z.strictObject(ofDrive))
    .output(vmSchema),
};
