// Calls about running operations.
import { z } from 'zod';
import { operationSchema } from '../model/operation.ts';
import { call } from './base.ts';

export const operation = {
  list: call()
    .route({
      method: 'GET',
      path: '/operations',
      summary: 'Running operations and those that ended in the last hour',
      tags: ['operation'],
    })
    .output(z.object({ operations: z.array(operationSchema) })),
  cancel: call('OPERATION_NOT_FOUND', 'OPERATION_NOT_CANCELLABLE', 'NOT_ALLOWED')
    .route({
      method: 'POST',
      path: '/operations/{operationId}/cancel',
      summary: 'Cancels it; its own call fails with OPERATION_CANCELLED when everything is undone',
      tags: ['operation'],
    })
    .input(z.strictObject({ operationId: z.string() }))
    .output(operationSchema),
};
