// Opening a console, a shell or a port: a call that returns a ticket; the bytes then flow separately (streams.ts). Also typing into a
// console as fast as the guest reads, which a stream cannot know.
import { z } from 'zod';
import { anyName, port, timestamp, vmId } from '../model/common.ts';
import { presenceSchema } from '../model/presence.ts';
import { argvSchema, environmentSchema, guestFolder, guestUser } from '../model/run.ts';
import { DEFAULT_TERMINAL_TYPE, terminalSizeSchema } from '../model/shell.ts';
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
  openShell: call(
    'VM_NOT_FOUND',
    'ENV_NOT_YOURS',
    'VM_NOT_RUNNING',
    'SHELL_GUEST_UNREACHABLE',
    'SHELL_LIMIT',
    'SHELL_VM_LIMIT',
  )
    .route({
      method: 'POST',
      path: '/vms/{vmId}/shells',
      successStatus: 201,
      summary: 'A one-time ticket for a shell with a terminal in the guest, which needs no network',
      tags: ['console'],
    })
    .input(
      z.strictObject({
        vmId,
        ...terminalSizeSchema.shape,
        user: guestUser.optional(),
        command: argvSchema
          .optional()
          .describe('A program and its arguments. Default: the login shell of the user, which is logged in to.'),
        cwd: guestFolder.optional(),
        environment: environmentSchema.optional(),
        terminalType: z
          .string()
          .regex(/^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$/)
          .default(DEFAULT_TERMINAL_TYPE)
          .describe('TERM, as terminfo(5) names it.'),
      }),
    )
    /** Its stream carries frames (client/shell-frames.ts). The shell begins when that is opened, and is ended with it. */
    .output(z.object({ ticket: z.string(), expiresAt: timestamp, kind: z.literal('shell') })),
  openPort: call('VM_NOT_FOUND', 'ENV_NOT_YOURS', 'VM_NOT_RUNNING', 'FEATURE_UNSUPPORTED')
    .route({
      method: 'POST',
      path: '/vms/{vmId}/port-streams',
      successStatus: 201,
      summary: 'A one-time ticket for a TCP connection to a forwarded port of the guest, made by the host',
      tags: ['console'],
    })
    .input(z.strictObject({ vmId, guestPort: port.describe('One of its forwarded TCP ports.') }))
    .output(z.object({ ticket: z.string(), expiresAt: timestamp, kind: z.literal('port') })),
  type: call(
    'VM_NOT_FOUND',
    'ENV_NOT_YOURS',
    'VM_NOT_RUNNING',
    'FEATURE_UNSUPPORTED',
    'VM_CONTROL_FAILED',
    'KEYBOARD_TAKEN',
  )
    .route({
      method: 'POST',
      path: '/vms/{vmId}/keystrokes',
      summary: 'Types on the keyboard of a guest, no faster than the guest reads',
      tags: ['console'],
    })
    .input(
      z.strictObject({
        vmId,
        /** The key events of each character, in order: with a dead key, Shift and AltGr that is a dozen. */
        strokes: z.array(z.array(typingEventSchema).min(1).max(16)).min(1).max(32),
      }),
    )
    /** How many were sent within a few seconds; the rest was not sent. 0: the guest does not read its keyboard. */
    .output(z.object({ typed: z.int().min(0) })),
  giveKeyboard: call('VM_NOT_FOUND', 'ENV_NOT_YOURS', 'KEYBOARD_TAKEN', 'KEYBOARD_NOT_WATCHED')
    .route({
      method: 'POST',
      path: '/vms/{vmId}/keyboard',
      summary:
        'Takes the keyboard of a VM for oneself, lends it to somebody who looks at it, or frees it for everybody',
      tags: ['console'],
    })
    .input(
      z.strictObject({
        vmId,
        userName: anyName
          .nullable()
          .describe(
            'Who alone may type on its screen and serial port. Oneself always can be; somebody else while they look at it, if ' +
              'nobody but oneself has it. null: everybody. It is freed 30 s after who has it looks no more.',
          ),
      }),
    )
    .output(presenceSchema),
};
