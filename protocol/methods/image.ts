// Calls about images: what VMs can be made from, importing images, publishing VMs as images, and building those with a recipe.
import { z } from 'zod';
import { operationId, anyName, vmId } from '../model/common.ts';
import {
  imageBuildLogSchema,
  imageSchema,
  imageSpecFields,
  imageUseSchema,
  importFormatSchema,
  importSourceSchema,
  MOST_LOG_WAIT_MS,
} from '../model/image.ts';
import { warmMachineFields } from '../model/machine-spec.ts';
import { call, placing } from './base.ts';

const name = z.string().max(200);
const changing = ['IMAGE_NOT_FOUND', 'IMAGE_NOT_READY', 'IMAGE_NOT_YOURS', 'IMAGE_IN_USE'] as const;

export const image = {
  list: call()
    .route({ method: 'GET', path: '/images', summary: 'All images, ready or not', tags: ['image'] })
    .output(z.object({ images: z.array(imageSchema) })),
  show: call('IMAGE_NOT_FOUND')
    .route({ method: 'GET', path: '/images/{name}', summary: 'One image and its users', tags: ['image'] })
    .input(z.strictObject({ name }))
    .output(z.object({ image: imageSchema, usedBy: z.array(imageUseSchema) })),
  build: call(
    'IMAGE_NOT_FOUND',
    'IMAGE_NOT_READY',
    'IMAGE_BUILD_FAILED',
    'IMAGE_RECIPE_BY_HAND',
    'ENGINE_UNKNOWN',
    'ENGINE_MISSING',
    'OPERATION_CANCELLED',
  )
    .route({
      method: 'POST',
      path: '/images/{name}/build',
      summary: 'Builds an image from its recipe; answers when it is ready',
      tags: ['image'],
    })
    .input(z.strictObject({ name, operationId }))
    .output(imageSchema),
  buildLog: call('IMAGE_NOT_FOUND')
    .route({
      method: 'GET',
      path: '/images/{name}/build-log',
      summary: 'The end of what the last build of an image printed, from `offset` on; waits for more if requested',
      tags: ['image'],
    })
    .input(
      z.strictObject({
        name,
        offset: z.coerce
          .number<number>()
          .int()
          .nonnegative()
          .max(Number.MAX_SAFE_INTEGER)
          .optional()
          .describe('Characters that were read. Default: 0.'),
        waitMs: z.coerce
          .number<number>()
          .int()
          .min(0)
          .max(MOST_LOG_WAIT_MS)
          .optional()
          .describe('How long the answer waits for text after `offset` while the build runs. Default: not at all.'),
      }),
    )
    .output(imageBuildLogSchema),
  import: call(
    'NOT_ALLOWED',
    'ENGINE_UNKNOWN',
    'TRANSFER_NOT_FOUND',
    'TRANSFER_STATE',
    'IMAGE_NAME_INVALID',
    'IMAGE_NAME_TAKEN',
    'IMAGE_REFUSED',
    'IMAGE_CHECKSUM_WRONG',
    'IMAGE_DOWNLOAD_FAILED',
    'IMAGE_CONVERT_FAILED',
    'QUOTA_EXCEEDED',
    'DISK_FULL',
    'OPERATION_CANCELLED',
  )
    .route({
      method: 'POST',
      path: '/images',
      successStatus: 201,
      summary: 'Imports a disk or a medium as an image; answers when it is ready',
      tags: ['image'],
    })
    .input(
      z.strictObject({
        operationId,
        name: name.describe('For a medium, the middle part becomes the name of its file.'),
        source: importSourceSchema,
        sha256: z
          .string()
          .regex(/^[0-9a-fA-F]{64}$/)
          .optional()
          .describe('Of the file as it is sent.'),
        format: importFormatSchema.optional(),
        ...imageSpecFields,
      }),
    )
    .output(imageSchema),
  publish: call(
    'VM_NOT_FOUND',
    'VM_MUST_BE_STOPPED',
    'ENV_NOT_FOUND',
    'ENV_NOT_YOURS',
    'ENV_BUSY',
    'SNAPSHOT_NOT_FOUND',
    'SNAPSHOT_VM_MISSING',
    'IMAGE_NAME_INVALID',
    'IMAGE_NAME_TAKEN',
    'ENGINE_UNKNOWN',
    'IMAGE_PUBLISH_FAILED',
    'QUOTA_EXCEEDED',
    'DISK_FULL',
    'OPERATION_CANCELLED',
  )
    .route({
      method: 'POST',
      path: '/vms/{vmId}/publish',
      successStatus: 201,
      summary: 'Creates an image from the boot disk of a stopped VM, or of any VM at a snapshot',
      tags: ['image'],
    })
    .input(
      z.strictObject({
        operationId,
        vmId,
        name,
        snapshotName: anyName
          .optional()
          .describe('The state to publish; default: the current state of the stopped VM.'),
        ...imageSpecFields,
      }),
    )
    .output(imageSchema),
  warm: call(
    ...changing,
    'IMAGE_WRONG_KIND',
    'IMAGE_NOT_WARMABLE',
    'IMAGE_WARMING',
    'IMAGE_WARM_FAILED',
    'MEMORY_TOO_SMALL',
    'DISK_EXHAUSTED',
    'FEATURE_UNSUPPORTED',
    'NETWORK_UNAVAILABLE',
    ...placing,
  )
    .route({
      method: 'POST',
      path: '/images/{name}/warm',
      summary:
        'Boots a VM of the image and saves it, so that new VMs wake instead of booting; answers when it is ready',
      tags: ['image'],
    })
    .input(z.strictObject({ operationId, name, ...warmMachineFields }))
    .output(imageSchema),
  cool: call('IMAGE_NOT_FOUND', 'IMAGE_NOT_YOURS', 'IMAGE_WARMING')
    .route({
      method: 'DELETE',
      path: '/images/{name}/warm',
      summary: 'Deletes the warm instant of an image; new VMs boot. Does nothing if it has none',
      tags: ['image'],
    })
    .input(z.strictObject({ operationId, name }))
    .output(imageSchema),
  rename: call(...changing, 'IMAGE_NAME_INVALID', 'IMAGE_NAME_TAKEN', 'ENGINE_UNKNOWN', 'ENGINE_MISSING')
    .route({ method: 'POST', path: '/images/{name}/rename', summary: 'Renames an image', tags: ['image'] })
    .input(z.strictObject({ operationId, name, newName: name }))
    .output(imageSchema),
  delete: call(...changing)
    .route({
      method: 'DELETE',
      path: '/images/{name}',
      summary: 'Deletes an image that is not in use; one with a recipe can be built again',
      tags: ['image'],
    })
    .input(z.strictObject({ operationId, name }))
    .output(z.object({ name: z.string() })),
};
