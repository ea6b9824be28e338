// Transfers: uploads (capsules, images) and downloads (capsules). The bytes are sent by a stream, which a ticket opens.
import { z } from 'zod';
import { timestamp } from '../model/common.ts';
import { fileName, transferId, transferSchema } from '../model/transfer.ts';
import { call } from './base.ts';

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
  reserve: call('TRANSFER_LIMIT', 'QUOTA_EXCEEDED', 'DISK_FULL')
    .route({
      method: 'POST',
      path: '/transfers/downloads',
      successStatus: 201,
      summary: 'A download that a call like capsule.export will fill; it can be read while it is packed',
      tags: ['transfer'],
    })
    .input(z.strictObject({}))
    .output(transferSchema),
  status: call('TRANSFER_NOT_FOUND')
    .route({ method: 'GET', path: '/transfers/{transferId}', summary: 'How far it is', tags: ['transfer'] })
    .input(one)
    .output(transferSchema),
  open: call('TRANSFER_NOT_FOUND', 'TRANSFER_STATE')
    .route({
      method: 'POST',
      path: '/transfers/{transferId}/stream',
      successStatus: 201,
      summary: 'A one-time ticket for the stream that carries its bytes',
      tags: ['transfer'],
    })
    .input(one)
    .output(z.object({ ticket: z.string(), expiresAt: timestamp, transfer: transferSchema })),
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
