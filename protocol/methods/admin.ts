// Calls for administrators about the server itself. Nobody else may make any of them.
import { z } from 'zod';
import {
  certificateSchema,
  FINDINGS_AGE_S,
  FINDINGS_LEAST_AGE_S,
  findingsSchema,
  hourSchema,
  logQuerySchema,
  logTailSchema,
  networkReportSchema,
  storageReportSchema,
  versionReportSchema,
} from '../model/administration.ts';
import { backgroundTaskSchema } from '../model/background-task.ts';
import { call } from './base.ts';

export const admin = {
  findings: call('NOT_ALLOWED')
    .route({
      method: 'GET',
      path: '/admin/findings',
      summary: 'What the doctor of this host finds, each with its fixes; administrators only',
      tags: ['admin'],
    })
    .input(
      z
        .strictObject({
          maxAgeS: z.coerce
            .number()
            .int()
            .min(FINDINGS_LEAST_AGE_S)
            .max(FINDINGS_AGE_S)
            .default(FINDINGS_AGE_S)
            .describe('Seconds: what an earlier look found is good enough if it is not older.'),
        })
        .optional(),
    )
    .output(findingsSchema),
  storage: call('NOT_ALLOWED')
    .route({
      method: 'GET',
      path: '/admin/storage',
      summary: 'Disk space of the host, and who stores how much; administrators only',
      tags: ['admin'],
    })
    .output(storageReportSchema),
  networks: call('NOT_ALLOWED')
    .route({
      method: 'GET',
      path: '/admin/networks',
      summary: 'The networks of all ENVs, with bridges, leases and the addresses that are left; administrators only',
      tags: ['admin'],
    })
    .output(networkReportSchema),
  metrics: call('NOT_ALLOWED')
    .route({
      method: 'GET',
      path: '/admin/metrics',
      summary: 'The last hour of host, VMs, calls and agent; administrators only',
      tags: ['admin'],
    })
    .output(hourSchema),
  log: call('NOT_ALLOWED')
    .route({
      method: 'GET',
      path: '/admin/log',
      summary: 'The newest lines of the agent’s log, without secrets; administrators only',
      tags: ['admin'],
    })
    .input(logQuerySchema.optional())
    .output(logTailSchema),
  certificate: call('NOT_ALLOWED')
    .route({
      method: 'GET',
      path: '/admin/certificate',
      summary: 'What the server presents over TLS; administrators only',
      tags: ['admin'],
    })
    .output(
      z.object({ certificate: certificateSchema.nullable().describe('null: it speaks plain HTTP, at loopback.') }),
    ),
  version: call('NOT_ALLOWED')
    .route({
      method: 'GET',
      path: '/admin/version',
      summary: 'The version that runs, the one that is installed, and what changed between them; administrators only',
      tags: ['admin'],
    })
    .output(versionReportSchema),
  runTask: call('NOT_ALLOWED', 'TASK_NOT_FOUND', 'TASK_NOT_BY_HAND')
    .route({
      method: 'POST',
      path: '/admin/tasks/{name}/run',
      summary: 'Runs a background task now, and waits up to 20 s for its end; administrators only',
      tags: ['admin'],
    })
    .input(z.strictObject({ name: z.string().min(1).max(100) }))
    .output(backgroundTaskSchema),
};
