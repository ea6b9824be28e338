// Calls about runs: one command on machines of an ENV. Changes come as `run.updated` events; the output comes by streams.
import { z } from 'zod';
import { anyName, timestamp, vmId } from '../model/common.ts';
import {
  environmentSchema,
  guestFolder,
  guestUser,
  newRunCommandSchema,
  runCommandSchema,
  runId,
  runSchema,
  runViaSchema,
  runVmSchema,
} from '../model/run.ts';
import { MOST_STDIN_BYTES } from '../model/run-limits.ts';
import { call } from './base.ts';

const one = z.strictObject({ runId });
const HOUR_MS = 3_600_000;
/** Proxies and firewalls on the way may cut connections that say nothing for a minute. */
export const MOST_END_WAIT_MS = 30_000;
/** Four characters of base64 are three bytes. */
const MOST_BASE64 = 4 * Math.ceil(MOST_STDIN_BYTES / 3);

export const runDetailSchema = z.object({
  run: runSchema,
  vms: z.array(runVmSchema),
  request: z
    .object({
      command: runCommandSchema,
      user: z.string().nullable(),
      cwd: z.string().nullable(),
      environmentNames: z.array(z.string()).describe('Their values are not kept.'),
      scriptBytes: z
        .number()
        .int()
        .optional()
        .describe('Of a script that was uploaded: its length. Only its beginning is kept in `command`.'),
    })
    .optional()
    .describe('What was run. Absent for readers who do not own the ENV.'),
});
export type RunDetail = z.infer<typeof runDetailSchema>;

export const runOutputChannelSchema = z.enum(['stdout', 'stderr']);
export type RunOutputChannel = z.infer<typeof runOutputChannelSchema>;

export const run = {
  start: call(
    'ENV_NOT_FOUND',
    'ENV_NOT_YOURS',
    'VM_NOT_FOUND',
    'SYSTEM_NOT_IN_ENV',
    'RUN_NO_VM_RUNS',
    'RUN_LIMIT',
    'RUN_SCRIPT_UNUSABLE',
    'TRANSFER_NOT_FOUND',
    'TRANSFER_STATE',
  )
    .route({
      method: 'POST',
      path: '/runs',
      successStatus: 201,
      summary: 'Starts a command on machines of an ENV; the answer does not wait for its end',
      tags: ['run'],
    })
    .input(
      z.strictObject({
        runId: runId
          .optional()
          .describe('Created by the client; a call repeated with the same id has no further effect.'),
        envName: anyName,
        command: newRunCommandSchema,
        vmIds: z.array(vmId).min(1).max(4000).optional(),
        osPrefixes: z
          .array(z.string().min(1).max(200))
          .min(1)
          .max(100)
          .optional()
          .describe('With `vmIds`: those, too. Without both: all machines of the ENV.'),
        via: runViaSchema.optional().describe('How the guests are asked. Default: guestChannel.'),
        user: guestUser.optional(),
        cwd: guestFolder.optional(),
        environment: environmentSchema.optional(),
        stdin: z.base64().max(MOST_BASE64).optional().describe('Base64. Default: the command reads nothing.'),
        timeoutMs: z
          .number()
          .int()
          .min(100)
          .max(24 * HOUR_MS)
          .default(600_000)
          .describe('Of each command; its processes are killed then. Default: 10 minutes.'),
        waitMs: z
          .number()
          .int()
          .min(0)
          .max(HOUR_MS)
          .default(0)
          .describe(
            'How long guests that do not answer yet, as they boot, are waited for. Default: they are asked once.',
          ),
      }),
    )
    .output(runDetailSchema),
  list: call('ENV_NOT_FOUND')
    .route({ method: 'GET', path: '/runs', summary: 'Runs that are kept, oldest first', tags: ['run'] })
    .input(z.strictObject({ envName: anyName.optional() }).optional())
    .output(z.object({ runs: z.array(runSchema) })),
  show: call('RUN_NOT_FOUND')
    .route({ method: 'GET', path: '/runs/{runId}', summary: 'A run with each of its machines', tags: ['run'] })
    .input(
      z.strictObject({
        runId,
        endWaitMs: z.coerce
          .number<number>()
          .int()
          .min(0)
          .max(MOST_END_WAIT_MS)
          .optional()
          .describe('How long the answer waits for the end of a run that has not ended. Default: not at all.'),
      }),
    )
    .output(runDetailSchema),
  output: call('RUN_NOT_FOUND', 'ENV_NOT_YOURS', 'VM_NOT_FOUND')
    .route({
      method: 'POST',
      path: '/runs/{runId}/output',
      successStatus: 201,
      summary: 'A one-time ticket for what one machine prints, followed until its command ends',
      tags: ['run'],
    })
    .input(
      z.strictObject({
        runId,
        vmId,
        channel: runOutputChannelSchema,
        offset: z
          .number()
          .int()
          .nonnegative()
          .max(Number.MAX_SAFE_INTEGER)
          .default(0)
          .describe('Bytes that are skipped.'),
      }),
    )
    .output(z.object({ ticket: z.string(), expiresAt: timestamp })),
  cancel: call('RUN_NOT_FOUND', 'ENV_NOT_YOURS')
    .route({
      method: 'POST',
      path: '/runs/{runId}/cancel',
      summary: 'Kills the commands that have not ended; one that has ended stays as it is',
      tags: ['run'],
    })
    .input(one)
    .output(runSchema),
  delete: call('RUN_NOT_FOUND', 'ENV_NOT_YOURS')
    .route({
      method: 'DELETE',
      path: '/runs/{runId}',
      summary: 'Deletes it with its output; one that runs is cancelled first',
      tags: ['run'],
    })
    .input(one)
    .output(z.object({ id: runId })),
};
