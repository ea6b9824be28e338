// Calls about the host: its resources, and whether the link is alive.
import { z } from 'zod';
import { eventSourceSchema } from '../events.ts';
import { backgroundTaskSchema } from '../model/background-task.ts';
import { timestamp, vmId } from '../model/common.ts';
import { hostSchema } from '../model/host.ts';
import { metricsSchema, MOST_MEASURED_VMS, MOST_MINUTES, vmMinuteSchema } from '../model/metrics.ts';
import { meSchema } from '../model/user.ts';
import { call } from './base.ts';

export const host = {
  show: call()
    .route({
      method: 'GET',
      path: '/host',
      summary: 'Capacity, use, engines and features of this host',
      tags: ['host'],
    })
    .output(hostSchema),
  metrics: call()
    .route({
      method: 'GET',
      path: '/metrics',
      summary: 'Metrics of the running VMs, at most a second old',
      tags: ['host'],
    })
    .input(
      z
        .strictObject({
          vmIds: z
            .array(vmId)
            .max(MOST_MEASURED_VMS)
            .optional()
            .describe('Only of these; one that does not run is left out. Default: of all.'),
          minuteOf: z.array(vmId).max(MOST_MINUTES).optional().describe('Of these, the last minute too.'),
        })
        .optional(),
    )
    .output(
      metricsSchema.extend({
        minutes: z.array(vmMinuteSchema).optional().describe('Those that were asked for, of VMs that run.'),
      }),
    ),
  firewall: call('NOT_ALLOWED', 'FIREWALL_FAILED')
    .route({
      method: 'GET',
      path: '/firewall',
      summary: 'The active rules and the reason for each part; administrators only',
      tags: ['host'],
    })
    .output(z.object({ drivers: z.array(z.object({ name: z.string(), text: z.string() })) })),
  tasks: call('NOT_ALLOWED')
    .route({
      method: 'GET',
      path: '/tasks',
      summary: 'The background tasks of the agent and the state of each; administrators only',
      tags: ['host'],
    })
    .output(z.object({ tasks: z.array(backgroundTaskSchema) })),
  me: call()
    .route({ method: 'GET', path: '/me', summary: 'The calling user: role, quota and its use', tags: ['host'] })
    .output(meSchema),
  ping: call()
    .route({ method: 'GET', path: '/ping', summary: 'Answers immediately; measures the link', tags: ['host'] })
    .output(z.object({ at: timestamp, source: eventSourceSchema })),
};
