// Calls about files in guests. Their bytes are sent by streams (`transfer`): an upload is the contents of the files one after the
// other, and so is a download; the calls say where each begins by their sizes.
import { z } from 'zod';
import { anyName, operationId, vmId } from '../model/common.ts';
import {
  fetchedFileSchema,
  guestEntrySchema,
  guestPathSchema,
  guestUserSchema,
  innerPathSchema,
  MOST_GUEST_FILES,
  pushedVmSchema,
  sentFileSchema,
  wantedFileSchema,
} from '../model/guest-file.ts';
import { sha256, transferId, transferSchema } from '../model/transfer.ts';
import { call } from './base.ts';

/** Errors of reading files of one guest. */
const reading = [
  'VM_NOT_FOUND',
  'ENV_NOT_YOURS',
  'VM_NOT_RUNNING',
  'GUEST_FILES_UNREACHABLE',
  'GUEST_FILE_REFUSED',
  'GUEST_FILE_MISSING',
] as const;

const user = guestUserSchema.optional().describe('Who reads or writes in the guest, by name or number. Default: root.');
const timeoutS = z.coerce
  .number()
  .int()
  .min(1)
  .max(3600)
  .default(60)
  .describe('Seconds that a guest may be silent, or take nothing more. Default 60.');

export const guestFile = {
  list: call(...reading, 'GUEST_FILES_TOO_MANY')
    .route({
      method: 'GET',
      path: '/vms/{vmId}/files',
      summary: 'Files in a guest: of a folder, of a tree, or by a pattern',
      tags: ['guestFile'],
    })
    .input(
      z.strictObject({
        vmId,
        path: guestPathSchema,
        what: z
          .enum(['folder', 'tree', 'pattern'])
          .default('folder')
          .describe(
            'folder: what is in it. tree: also all that is below. pattern: what matches (glob(7)); links that match are followed, others are not.',
          ),
        user,
        timeoutS,
      }),
    )
    .output(z.object({ entries: z.array(guestEntrySchema) })),
  put: call(
    'ENV_NOT_FOUND',
    'ENV_NOT_YOURS',
    'VM_NOT_FOUND',
    'VM_NOT_RUNNING',
    'TRANSFER_NOT_FOUND',
    'TRANSFER_STATE',
    'TRANSFER_SIZE',
    'OPERATION_CANCELLED',
  )
    .route({
      method: 'POST',
      path: '/envs/{envName}/files',
      summary:
        'Puts files into guests of an ENV, each of them apart. The upload is used up when all have them; until then another call can use it',
      tags: ['guestFile'],
    })
    .input(
      z.strictObject({
        operationId,
        envName: anyName,
        vmIds: z.array(vmId).min(1).max(4000).optional().describe('Default: all VMs of the ENV.'),
        transferId: transferId.optional().describe('The contents in the order of `files`; absent if all are empty.'),
        folder: guestPathSchema.describe('Where they go. It is made if it is missing; nothing is put elsewhere.'),
        folders: z.array(innerPathSchema).max(MOST_GUEST_FILES).default([]).describe('Folders below, also empty ones.'),
        files: z.array(sentFileSchema).max(MOST_GUEST_FILES),
        owner: z
          .strictObject({ user: guestUserSchema.optional(), group: guestUserSchema.optional() })
          .optional()
          .describe('Default: whoever writes them.'),
        overwrites: z
          .boolean()
          .default(false)
          .describe('false: GUEST_FILE_EXISTS for a file that is there with other content.'),
        user,
        timeoutS,
      }),
    )
    .output(
      z.object({
        vms: z.array(pushedVmSchema),
        files: z.array(z.object({ path: z.string(), sizeBytes: z.number(), sha256 })),
      }),
    ),
  get: call(
    ...reading,
    'GUEST_FILE_CHANGED',
    'TRANSFER_NOT_FOUND',
    'TRANSFER_STATE',
    'TRANSFER_LIMIT',
    'QUOTA_EXCEEDED',
    'OPERATION_CANCELLED',
  )
    .route({
      method: 'POST',
      path: '/vms/{vmId}/files',
      summary: 'Gets files of a guest for download, all of them or none',
      tags: ['guestFile'],
    })
    .input(
      z.strictObject({
        operationId,
        vmId,
        transferId: transferId.optional().describe('From transfer.reserve; can be read while the files come.'),
        files: z.array(wantedFileSchema).min(1).max(MOST_GUEST_FILES).describe('With the sizes of guestFile.list.'),
        user,
        timeoutS,
      }),
    )
    .output(
      z.object({
        transfer: transferSchema,
        files: z.array(fetchedFileSchema),
      }),
    ),
};
