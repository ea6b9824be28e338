// Calls about ENVs: the unit people create, stop, extend and delete.
import { z } from 'zod';
import { graceS, notes, operationId, timestamp, title, anyName, vmId } from '../model/common.ts';
import { RECORDING_BYTES_MAX, RECORDING_PIECE_BYTES, RECORDING_TYPE } from '../model/recording.ts';
import {
  coldField,
  endPolicySchema,
  envCreateFields,
  waitForImagesField,
  envSchema,
  LIFETIME_MIN_S,
  overrideLimit,
  snapshotScheduleSchema,
  vmGroupSchema,
} from '../model/env.ts';
import { machineChangeFields } from '../model/machine-spec.ts';
import { sharedTeam } from '../model/team.ts';
import { call, changingVms, placing, planning } from './base.ts';
import { listDeletedEnvs, purgeEnv, restoreEnv } from './env-bin.ts';
import { envSshKey } from './env-ssh-key.ts';
import { cloneEnv, planClone } from './fork.ts';
import { envDetailSchema, envPageSchema, envShowInput } from './env-detail.ts';

/** A VM that was (or would be) taken out of its ENV, and why. */
const removedVmSchema = z.object({ id: vmId, name: z.string(), why: z.enum(['id', 'osPrefix', 'dead']) });
export type RemovedVm = z.infer<typeof removedVmSchema>;

const operated = z.strictObject({ name: anyName, operationId });

const onlyVmIds = z.array(vmId).min(1).max(4000).optional().describe('Only these of its VMs; default: all.');

export const env = {
  list: call()
    .route({ method: 'GET', path: '/envs', summary: 'All ENVs, without long texts', tags: ['env'] })
    .output(z.object({ envs: z.array(envSchema) })),
  listDeleted: listDeletedEnvs,
  show: call('ENV_NOT_FOUND', 'VM_NOT_FOUND')
    .route({ method: 'GET', path: '/envs/{name}', summary: 'One ENV with its VMs and snapshots', tags: ['env'] })
    .input(envShowInput)
    .output(envPageSchema),
  create: call(
    'NAME_INVALID',
    'ENV_NAME_TAKEN',
    'LIFETIME_TOO_LONG',
    'NOT_ALLOWED',
    'TEAM_NOT_FOUND',
    ...planning,
    ...placing,
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
  update: call(
    ...(['ENV_NOT_FOUND', 'ENV_NOT_YOURS', 'ENV_BUSY', 'LIFETIME_TOO_LONG', 'NOT_ALLOWED', 'TEAM_NOT_FOUND'] as const),
    ...changingVms,
  )
    .route({
      method: 'PATCH',
      path: '/envs/{name}',
      summary: 'Changes the ENV, and with `vms` all of its VMs, all or nothing',
      tags: ['env'],
    })
    .input(
      z.strictObject({
        name: anyName,
        operationId,
        endPolicy: endPolicySchema.optional(),
        snapshotSchedule: snapshotScheduleSchema.nullable().optional().describe('null removes it.'),
        overrideLimit: overrideLimit.optional(),
        denyOutgoing: z
          .boolean()
          .optional()
          .describe('Effective when the call returns; with user networking, its VMs must be stopped.'),
        vms: z.strictObject(machineChangeFields).optional().describe('For all of its VMs.'),
        title: title.optional(),
        notes: notes.optional(),
        tags: z.array(z.string().min(1).max(64)).max(32).optional(),
        team: sharedTeam.nullable().optional().describe('For the owner: the team to share it with; null: with none.'),
        lifetimeS: z
          .number()
          .int()
          .min(LIFETIME_MIN_S)
          .optional()
          .describe('Seconds from startAt; the new end is startAt + lifetimeS.'),
      }),
    )
    .output(envSchema),
  addVms: call('ENV_NOT_FOUND', 'ENV_NOT_YOURS', 'ENV_BUSY', 'ENV_EXPIRED', 'NOT_ALLOWED', ...planning, ...placing)
    .route({
      method: 'POST',
      path: '/envs/{name}/vms',
      successStatus: 201,
      summary: 'Adds VMs to an ENV and starts them, all or nothing',
      tags: ['env'],
    })
    .input(
      z.strictObject({
        name: anyName,
        operationId,
        groups: z.array(vmGroupSchema).min(1).max(100),
        ...waitForImagesField,
        ...coldField,
      }),
    )
    .output(envDetailSchema),
  removeVms: call('ENV_NOT_FOUND', 'ENV_NOT_YOURS', 'ENV_BUSY', 'VM_NOT_FOUND', 'ENGINE_UNKNOWN')
    .route({
      method: 'POST',
      path: '/envs/{name}/remove-vms',
      summary: 'Deletes some of its VMs: by id, by OS prefix, or those that do not answer. The ENV stays, even empty',
      tags: ['env'],
    })
    .input(
      z.strictObject({
        name: anyName,
        operationId,
        vmIds: z.array(vmId).max(4000).optional(),
        osPrefixes: z.array(z.string().min(1).max(200)).max(100).optional(),
        dead: z
          .boolean()
          .optional()
          .describe('Running VMs that answer neither by guest agent or guest helper nor by SSH, and failed VMs.'),
        dryRun: z.boolean().optional().describe('Only list them.'),
      }),
    )
    .output(z.object({ removed: z.array(removedVmSchema) })),
  sshKey: envSshKey,
  readRecording: call('ENV_NOT_FOUND', 'ENV_NOT_YOURS', 'RECORDING_NOT_FOUND')
    .route({
      method: 'GET',
      path: '/envs/{name}/recordings/{recordingId}',
      summary: 'A piece of a recorded screen that the ENV was imported with; `env.show` lists them',
      tags: ['env'],
    })
    .input(
      z.strictObject({
        name: anyName,
        recordingId: z.uuid(),
        offset: z.coerce.number<number>().int().nonnegative().max(RECORDING_BYTES_MAX).default(0),
        lengthBytes: z.coerce
          .number<number>()
          .int()
          .min(1)
          .max(RECORDING_PIECE_BYTES)
          .default(RECORDING_PIECE_BYTES)
          .describe('At most; fewer come at its end, none behind it.'),
      }),
    )
    .output(z.object({ contentType: z.literal(RECORDING_TYPE), dataBase64: z.string() })),
  clone: cloneEnv,
  planClone,
  start: call(
    'ENV_NOT_FOUND',
    'ENV_NOT_YOURS',
    'ENV_BUSY',
    'ENV_EXPIRED',
    'VM_NOT_FOUND',
    'VM_CONTROL_FAILED',
    ...placing,
  )
    .route({
      method: 'POST',
      path: '/envs/{name}/start',
      summary: 'Starts its stopped VMs and resumes its paused ones',
      tags: ['env'],
    })
    .input(operated.extend({ vmIds: onlyVmIds }))
    .output(envDetailSchema),
  stop: call(
    'ENV_NOT_FOUND',
    'ENV_NOT_YOURS',
    'ENV_BUSY',
    'VM_NOT_FOUND',
    'VM_CONTROL_FAILED',
    'ENGINE_UNKNOWN',
    'OPERATION_CANCELLED',
  )
    .route({
      method: 'POST',
      path: '/envs/{name}/stop',
      summary: 'Stops its VMs: frees CPU and memory, keeps disks and ports',
      tags: ['env'],
    })
    .input(operated.extend({ graceS, vmIds: onlyVmIds }))
    .output(envDetailSchema),
  compact: call('ENV_NOT_FOUND', 'ENV_NOT_YOURS', 'ENV_BUSY', 'DISK_FULL', 'VM_CONTROL_FAILED', 'OPERATION_CANCELLED')
    .route({
      method: 'POST',
      path: '/envs/{name}/compact',
      summary: 'Frees unused space on the disks of its stopped VMs',
      tags: ['env'],
    })
    .input(operated)
    .output(
      z.object({
        freedBytes: z.number().int().nonnegative(),
        vms: z.array(
          z.object({
            vmId,
            vmName: z.string(),
            freedBytes: z.number().int().nonnegative(),
            skipped: z.boolean().describe('It is running: only stopped VMs are compacted.'),
          }),
        ),
      }),
    ),
  delete: call('ENV_NOT_FOUND', 'ENV_NOT_YOURS', 'ENV_BUSY', 'ENGINE_UNKNOWN', 'VM_CONTROL_FAILED')
    .route({
      method: 'DELETE',
      path: '/envs/{name}',
      summary:
        'Deletes the ENV with its VMs and snapshots; an agent with a bin stops it and keeps it there for a while',
      tags: ['env'],
      inputStructure: 'compact',
    })
    .input(
      z.strictObject({
        name: anyName,
        operationId,
        forGood: z.boolean().optional().describe('Not into the bin: at once, and for ever.'),
      }),
    )
    .output(
      z.object({
        name: z.string(),
        keptUntil: timestamp.nullable().default(null).describe('Until then it is in the bin; null: it is gone.'),
      }),
    ),
  restore: restoreEnv,
  purge: purgeEnv,
};
