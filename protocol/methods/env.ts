// Calls about ENVs: the unit people create, stop, extend and delete.
import { z } from 'zod';
import { graceS, notes, operationId, title, typedName } from '../model/common.ts';
import { envCreateFields, envSchema, LIFETIME_MIN_S } from '../model/env.ts';
import { snapshotSchema } from '../model/snapshot.ts';
import { vmSchema } from '../model/vm.ts';
import { call } from './base.ts';

export const envDetailSchema = z.object({ env: envSchema, vms: z.array(vmSchema), snapshots: z.array(snapshotSchema) });
export type EnvDetail = z.infer<typeof envDetailSchema>;

const named = z.strictObject({ name: typedName });
const operated = z.strictObject({ name: typedName, operationId });

export const env = {
  list: call()
    .route({ method: 'GET', path: '/envs', summary: 'All ENVs', tags: ['env'] })
    .output(z.object({ envs: z.array(envSchema) })),
  show: call('ENV_NOT_FOUND')
    .route({ method: 'GET', path: '/envs/{name}', summary: 'One ENV with its VMs and snapshots', tags: ['env'] })
    .input(named)
    .output(envDetailSchema),
  create: call(
    'NAME_INVALID',
    'ENV_NAME_TAKEN',
    'LIFETIME_TOO_LONG',
    'IMAGE_NOT_FOUND',
    'IMAGE_NOT_READY',
    'MEMORY_EXHAUSTED',
    'MEMORY_TOO_SMALL',
    'DISK_EXHAUSTED',
    'DISK_TOO_SMALL',
    'DISK_FULL',
    'PORTS_EXHAUSTED',
    'ENGINE_MISSING',
    'VM_START_FAILED',
    'OPERATION_CANCELLED',
  )
    .route({
      method: 'POST',
      path: '/envs',
      successStatus: 201,
      summary: 'Creates an ENV and starts its VMs, all or nothing',
      tags: ['env'],
    })
    .input(z.strictObject({ operationId, ...envCreateFields }))
    .output(envDetailSchema),
  update: call('ENV_NOT_FOUND', 'LIFETIME_TOO_LONG')
    .route({ method: 'PATCH', path: '/envs/{name}', summary: 'Changes title, notes, tags or lifetime', tags: ['env'] })
    .input(
      z.strictObject({
        name: typedName,
        title: title.optional(),
        notes: notes.optional(),
        tags: z.array(z.string().min(1).max(64)).max(32).optional(),
        lifetimeS: z
          .number()
          .int()
          .min(LIFETIME_MIN_S)
          .optional()
          .describe('Seconds from startAt; the new end is startAt + lifetimeS.'),
      }),
    )
    .output(envSchema),
  start: call(
    'ENV_NOT_FOUND',
    'ENV_BUSY',
    'MEMORY_EXHAUSTED',
    'VM_START_FAILED',
    'DISK_FULL',
    'ENGINE_MISSING',
    'OPERATION_CANCELLED',
  )
    .route({ method: 'POST', path: '/envs/{name}/start', summary: 'Starts its stopped VMs', tags: ['env'] })
    .input(operated)
    .output(envDetailSchema),
  stop: call('ENV_NOT_FOUND', 'ENV_BUSY', 'VM_CONTROL_FAILED', 'OPERATION_CANCELLED')
    .route({
      method: 'POST',
      path: '/envs/{name}/stop',
      summary: 'Stops its VMs: frees cpu and memory, keeps disks and ports',
      tags: ['env'],
    })
    .input(z.strictObject({ name: typedName, operationId, graceS }))
    .output(envDetailSchema),
  delete: call('ENV_NOT_FOUND', 'ENV_BUSY')
    .route({
      method: 'DELETE',
      path: '/envs/{name}',
      summary: 'Deletes the ENV with its VMs and snapshots',
      tags: ['env'],
      inputStructure: 'compact',
    })
    .input(operated)
    .output(z.object({ name: z.string() })),
};
