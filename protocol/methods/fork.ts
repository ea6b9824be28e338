// Copies that continue from an instant: ENVs from a snapshot, or an ENV or a VM in its present state. Each is in the group of
// its original: `snapshot.fork`, `env.clone`, `vm.clone`.
import { z } from 'zod';
import { errorRecordSchema } from '../errors.ts';
import { operationId, anyName, vmId } from '../model/common.ts';
import { newEnvFields } from '../model/env.ts';
import { vmSchema } from '../model/vm.ts';
import { call } from './base.ts';
import { envDetailSchema } from './env-detail.ts';

/** Errors of resuming copies, whatever their source. */
export const waking = [
  'CPU_EXHAUSTED',
  'MEMORY_EXHAUSTED',
  'DISK_EXHAUSTED',
  'QUOTA_EXCEEDED',
  'TEAM_QUOTA_EXCEEDED',
  'DISK_FULL',
  'PORTS_EXHAUSTED',
  'ADDRESSES_EXHAUSTED',
  'NETWORK_UNAVAILABLE',
  'NETWORK_FAILED',
  'FIREWALL_FAILED',
  'FEATURE_UNSUPPORTED',
  'ENGINE_MISSING',
  'ENGINE_UNKNOWN',
  'VM_START_FAILED',
  'VM_MEMORY_LIMIT',
  'HOST_PORT_TAKEN',
  'VM_CONTROL_FAILED',
  'OPERATION_CANCELLED',
] as const;

const copying = ['ENV_NOT_FOUND', 'ENV_NOT_YOURS', 'ENV_BUSY', 'SNAPSHOT_FAILED', ...waking] as const;

export const fenced = z
  .boolean()
  .default(false)
  .describe('The guests keep their MACs and addresses, in a network of their own that is isolated in both directions.');

/** How many copies one call makes at most. */
export const COPIES_MAX = 50;

const copies = z.number().int().min(1).max(COPIES_MAX).default(1);

const identityFields = {
  sshHostKeys: z
    .boolean()
    .default(false)
    .describe('Guests with sshd also get new host keys, if their guest agent allows it.'),
};

const forkFields = {
  newName: anyName.describe('Of the new ENV; with several copies, `-1`, `-2` ... are appended.'),
  copies,
  fenced,
  ...newEnvFields,
  ...identityFields,
};
const forked = z.object({ envs: z.array(envDetailSchema) });

export const copyPlanSchema = z.object({
  names: z.array(z.string()).describe('Of the ENVs that would be created.'),
  each: z
    .object({
      vmCount: z.number().int().nonnegative(),
      cpuCount: z.number().int().nonnegative().describe('Of the VMs that resume: those that were running.'),
      memoryMiB: z.number().int().nonnegative().describe('Promised to the VMs that resume.'),
      diskMiB: z.number().int().nonnegative().describe('Full sizes of the disks.'),
      writtenMiB: z
        .number()
        .int()
        .nonnegative()
        .describe(
          'What is written to the storage at once, at most; a storage that shares blocks takes much less. Without memory that all copies read from one file.',
        ),
    })
    .describe('What one copy takes; all of them take this times their number.'),
  problem: errorRecordSchema
    .nullable()
    .describe('The error of the call itself, if it were made now; null: it can be made.'),
});
export type CopyPlan = z.infer<typeof copyPlanSchema>;

const vmIds = z.array(vmId).min(1).optional().describe('Only these VMs; default: all VMs in the snapshot.');

export const forkSnapshot = call(
  ...copying,
  'NAME_INVALID',
  'ENV_NAME_TAKEN',
  'LIFETIME_TOO_LONG',
  'NOT_ALLOWED',
  'TEAM_NOT_FOUND',
  'SNAPSHOT_NOT_FOUND',
  'SNAPSHOT_VM_MISSING',
)
  .route({
    method: 'POST',
    path: '/envs/{envName}/snapshots/{name}/fork',
    successStatus: 201,
    summary: 'Creates new ENVs from a snapshot, including RAM, all or nothing',
    tags: ['snapshot'],
  })
  .input(
    z.strictObject({
      operationId,
      envName: anyName,
      name: anyName,
      vmIds,
      ...forkFields,
    }),
  )
  .output(forked);

export const planFork = call('ENV_NOT_FOUND', 'ENV_NOT_YOURS', 'SNAPSHOT_NOT_FOUND', 'SNAPSHOT_VM_MISSING')
  .route({
    method: 'POST',
    path: '/envs/{envName}/snapshots/{name}/fork-plan',
    summary: 'What forks would be named and take, and whether they can be made; makes none',
    tags: ['snapshot'],
  })
  .input(z.strictObject({ envName: anyName, name: anyName, vmIds, ...forkFields }))
  .output(copyPlanSchema);

export const planClone = call('ENV_NOT_FOUND', 'ENV_NOT_YOURS')
  .route({
    method: 'POST',
    path: '/envs/{name}/clone-plan',
    summary: 'What clones would be named and take, and whether they can be made; makes none',
    tags: ['env'],
  })
  .input(z.strictObject({ name: anyName, ...forkFields }))
  .output(copyPlanSchema);

export const cloneEnv = call(
  ...copying,
  'NAME_INVALID',
  'ENV_NAME_TAKEN',
  'LIFETIME_TOO_LONG',
  'NOT_ALLOWED',
  'TEAM_NOT_FOUND',
  'SNAPSHOT_EMPTY',
  'WRITES_DISCARDED',
)
  .route({
    method: 'POST',
    path: '/envs/{name}/clone',
    successStatus: 201,
    summary: 'Creates new ENVs from the current state of this one, all or nothing',
    tags: ['env'],
  })
  .input(z.strictObject({ operationId, name: anyName, ...forkFields }))
  .output(forked);

export const cloneVm = call(...copying, 'VM_NOT_FOUND', 'ENV_EXPIRED', 'NOT_ALLOWED')
  .route({
    method: 'POST',
    path: '/vms/{vmId}/clone',
    successStatus: 201,
    summary: 'Copies one VM within its ENV, with an identity of its own, all or nothing',
    tags: ['vm'],
  })
  .input(z.strictObject({ operationId, vmId, copies, ...identityFields }))
  .output(z.object({ vms: z.array(vmSchema) }));
