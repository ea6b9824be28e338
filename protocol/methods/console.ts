// Opening a console: a call that gives a ticket; the bytes then flow beside the calls (streams.ts).
import { z } from 'zod';
import { timestamp, vmId } from '../model/common.ts';
import { consoleKindSchema } from '../streams.ts';
import { call } from './base.ts';

export const console = {
  open: call('VM_NOT_FOUND', 'ENV_NOT_YOURS', 'VM_NOT_RUNNING', 'FEATURE_UNSUPPORTED')
    .route({
      method: 'POST',
      path: '/vms/{vmId}/consoles',
      successStatus: 201,
      summary: 'A one-time ticket for a console stream',
      tags: ['console'],
    })
    .input(z.strictObject({ vmId, kind: consoleKindSchema }))
    .output(z.object({ ticket: z.string(), expiresAt: timestamp, kind: consoleKindSchema })),
};
