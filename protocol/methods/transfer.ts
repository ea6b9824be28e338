// Transfers: uploads (capsules, images) and downloads (capsules). The bytes are sent by a stream, which a ticket opens, or those of an
// upload as the body of a request (`uploadPath`), with such a ticket.
import { z } from 'zod';
import { timestamp } from '../model/common.ts';
import { fileName, sha256, transferId, transferSchema } from '../model/transfer.ts';
import { TRANSFER_DIGEST_BYTES } from '../streams.ts';
import { call } from './base.ts';

const one = z.strictObject({ transferId });

export const transfer = {
  list: call()
    .route({
      method: 'GET',
      path: '/transfers',
      summary: 'Transfers of files; administrators see those of all users',
      tags: ['transfer'],
    })
    .output(z.object({ transfers: z.array(transferSchema) })),
  begin: call('TRANSFER_LIMIT', 'QUOTA_EXCEEDED', 'DISK_FULL')
    .route({
      method: 'POST',
      path: '/transfers',
      successStatus: 201,
      summary: 'Starts an upload, or resumes the one with this id',
      tags: ['transfer'],
    })
    .input(
      z.strictObject({
        transferId: transferId
          .optional()
          .describe('Created by the client, so that repeating a call starts nothing twice.'),
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
    .route({ method: 'GET', path: '/transfers/{transferId}', summary: 'Its progress', tags: ['transfer'] })
    .input(one)
    .output(transferSchema),
  digest: call('TRANSFER_NOT_FOUND', 'TRANSFER_STATE')
    .route({
      method: 'GET',
      path: '/transfers/{transferId}/digest',
      summary: 'The SHA-256 of a part of what has arrived of an upload: whoever continues it checks the file by that',
      tags: ['transfer'],
    })
    .input(
      z.strictObject({
        transferId,
        offset: z.coerce.number<number>().int().nonnegative().max(Number.MAX_SAFE_INTEGER),
        lengthBytes: z.coerce.number<number>().int().min(1).max(TRANSFER_DIGEST_BYTES),
      }),
    )
    .output(
      z.object({
        lengthBytes: z.number().int().nonnegative().describe('Less than requested where less has arrived.'),
        sha256,
      }),
    ),
  open: call('TRANSFER_NOT_FOUND', 'TRANSFER_STATE')
    .route({
      method: 'POST',
      path: '/transfers/{transferId}/stream',
      successStatus: 201,
      summary: 'A one-time ticket for the stream that carries its bytes, or for PUT /transfers/{transferId}/bytes',
      tags: ['transfer'],
    })
    .input(one)
    .output(
      z.object({
        ticket: z.string(),
        expiresAt: timestamp,
        transfer: transferSchema,
        byRequest: z
          .literal(true)
          .optional()
          .describe(
            'An upload can also be sent as the body of PUT /transfers/{transferId}/bytes, with the ticket in the header tt-ticket and the offset of its first byte in tt-offset. Absent: only by the stream.',
          ),
      }),
    ),
  drop: call('TRANSFER_NOT_FOUND', 'TRANSFER_STATE')
    .route({
      method: 'DELETE',
      path: '/transfers/{transferId}',
      summary: 'Deletes it with all its bytes, when it is given up or its download is complete',
      tags: ['transfer'],
    })
    .input(one)
    .output(z.object({ id: transferId })),
};
