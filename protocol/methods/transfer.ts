// Calls that carry files, a chunk each: uploads (capsules, images) and downloads (capsules).
import { z } from 'zod';
import { CHUNK_BYTES, chunk, fileName, sha256, transferId, transferSchema } from '../model/transfer.ts';
import { call } from './base.ts';

const offset = z.coerce.number().int().nonnegative();
const one = z.strictObject({ transferId });

export const transfer = {
  list: call()
    .route({
      method: 'GET',
      path: '/transfers',
      summary: 'Files on their way; of all users for an administrator',
      tags: ['transfer'],
    })
    .output(z.object({ transfers: z.array(transferSchema) })),
  begin: call('TRANSFER_LIMIT', 'QUOTA_EXCEEDED', 'DISK_FULL')
    .route({
      method: 'POST',
      path: '/transfers',
      successStatus: 201,
      summary: 'Begins an upload; with the id of one that is there already it goes on with that',
      tags: ['transfer'],
    })
    .input(
      z.strictObject({
        transferId: transferId.optional().describe('Made by the client, so that a repeated call begins nothing twice.'),
        fileName,
        sizeBytes: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER),
      }),
    )
    .output(transferSchema),
  status: call('TRANSFER_NOT_FOUND')
    .route({ method: 'GET', path: '/transfers/{transferId}', summary: 'How far it is', tags: ['transfer'] })
    .input(one)
    .output(transferSchema),
  write: call('TRANSFER_NOT_FOUND', 'TRANSFER_OFFSET', 'TRANSFER_SIZE', 'TRANSFER_STATE', 'DISK_FULL')
    .route({
      method: 'POST',
      path: '/transfers/{transferId}/write',
      summary: 'The next bytes of an upload',
      tags: ['transfer'],
    })
    .input(z.strictObject({ transferId, offset, dataBase64: chunk }))
    .output(transferSchema),
  read: call('TRANSFER_NOT_FOUND', 'TRANSFER_OFFSET', 'TRANSFER_STATE')
    .route({
      method: 'GET',
      path: '/transfers/{transferId}/read',
      summary: 'Bytes of a download, from any offset',
      tags: ['transfer'],
    })
    .input(
      z.strictObject({
        transferId,
        offset,
        maxBytes: z.coerce.number().int().min(1).max(CHUNK_BYTES).default(CHUNK_BYTES),
      }),
    )
    .output(z.object({ offset: z.number().int(), dataBase64: z.string(), isLast: z.boolean() })),
  end: call('TRANSFER_NOT_FOUND', 'TRANSFER_SIZE', 'TRANSFER_STATE', 'TRANSFER_HASH', 'DISK_FULL')
    .route({
      method: 'POST',
      path: '/transfers/{transferId}/end',
      summary: 'All bytes of an upload were sent: the agent checks size and SHA-256',
      tags: ['transfer'],
    })
    .input(z.strictObject({ transferId, sha256 }))
    .output(transferSchema),
  drop: call('TRANSFER_NOT_FOUND', 'TRANSFER_STATE')
    .route({
      method: 'DELETE',
      path: '/transfers/{transferId}',
      summary: 'Removes it with all its bytes: given up, or a download that has arrived',
      tags: ['transfer'],
    })
    .input(one)
    .output(z.object({ id: transferId })),
};
