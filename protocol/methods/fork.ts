// Copies that continue from an instant: ENVs from a snapshot, or an ENV or a VM in its present state. Each is in the group of
// its original: `snapshot.fork`, `env.clone`, `vm.clone`.
import { z } from 'zod';
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

const identityFields = {
  sshHostKeys: z
    .boolean()
    .default(false)
    .describe('Guests with sshd also get new host keys, if their guest agent allows it.'),
};

const forkFields = {
  newName: anyName.describe('Of the new ENV; with several copies, `-1`, `-2` ... are appended.'),
  copies: z.number().int().min(1).max(100).default(1),
  fenced,
  ...newEnvFields,
  ...identityFields,
};
const forked = z.object({ envs: z.array(envDetailSchema) });

export const forkSnapshot = call(
  ...copying,
  'NAME_INVALID',
  'ENV_NAME_TAKEN',
  'LIFETIME_TOO_LONG',
  'NOT_ALLOWED',
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
      vmIds: z.array(vmId).min(1).optional().describe('Only these VMs; default: all VMs in the snapshot.'),
      ...forkFields,
    }),
  )
  .output(forked);

export const cloneEnv = call(
  ...copying,
  'NAME_INVALID',
  'ENV_NAME_TAKEN',
  'LIFETIME_TOO_LONG',
  'NOT_ALLOWED',
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

export const cloneVm = call(...copying, 'VM_NOT_FOUND', 'ENV_EXPIRED')
  .route({
    method: 'POST',
    path: '/vms/{vmId}/clone',
    successStatus: 201,
    summary: 'Copies one VM within its ENV, with an identity of its own, all or nothing',
    tags: ['vm'],
  })
  .input(z.strictObject({ operationId, vmId, copies: z.number().int().min(1).max(100).default(1), ...identityFields }))
  .output(z.object({ vms: z.array(vmSchema) }));
