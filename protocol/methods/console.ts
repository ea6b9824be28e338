// Opening a console: a call that returns a ticket; the bytes then flow separately (streams.ts). Also typing into it as fast as
// the guest reads, which a stream cannot know.
import { z } from 'zod';
import { timestamp, vmId } from '../model/common.ts';
import { typingEventSchema } from '../model/us-keyboard.ts';
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
  type: call('VM_NOT_FOUND', 'ENV_NOT_YOURS', 'VM_NOT_RUNNING', 'FEATURE_UNSUPPORTED', 'VM_CONTROL_FAILED')
    .route({
      method: 'POST',
      path: '/vms/{vmId}/keystrokes',
      summary: 'Types on the keyboard of a guest, no faster than the guest reads',
      tags: ['console'],
    })
    .input(
      z.strictObject({
        vmId,
        /** The key events of each character, in order. */
        strokes: z.array(z.array(typingEventSchema).min(1).max(8)).min(1).max(32),
      }),
    )
    /** How many were sent within a few seconds; the rest was not sent. 0: the guest does not read its keyboard. */
    .output(z.object({ typed: z.int().min(0) })),
};
