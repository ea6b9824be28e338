// Calls about snapshots of one VM or of a whole ENV: take, revert, change, delete, and the storage they use.
import { z } from 'zod';
import { operationId, timestamp, anyName, vmId } from '../model/common.ts';
import { snapshotChangeFields, snapshotCreateFields, snapshotSchema, snapshotUsageSchema } from '../model/snapshot.ts';
import { snapshotComparisonSchema } from '../model/snapshot-comparison.ts';
import { call } from './base.ts';
import { forkSnapshot, planFork } from './fork.ts';

const named = z.strictObject({ envName: anyName, name: anyName });

export const snapshot = {
  list: call('ENV_NOT_FOUND')
    .route({
      method: 'GET',
      path: '/envs/{envName}/snapshots',
      summary: 'Snapshots of an ENV without long texts, oldest first',
      tags: ['snapshot'],
    })
    .input(z.strictObject({ envName: anyName }))
    .output(z.object({ snapshots: z.array(snapshotSchema) })),
  show: call('ENV_NOT_FOUND', 'SNAPSHOT_NOT_FOUND')
    .route({
      method: 'GET',
      path: '/envs/{envName}/snapshots/{name}',
      summary: 'One snapshot, with the configuration of its VMs',
      tags: ['snapshot'],
    })
    .input(named)
    .output(snapshotSchema),
  usage: call('ENV_NOT_FOUND', 'SNAPSHOT_FAILED')
    .route({
      method: 'GET',
      path: '/envs/{envName}/snapshot-usage',
      summary: 'Storage used by the snapshots of an ENV: RAM and disk of each VM, and how they depend on each other',
      tags: ['snapshot'],
    })
    .input(z.strictObject({ envName: anyName }))
    .output(
      z.object({
        vms: z.array(
          z.object({
            vmId,
            vmName: z.string(),
            usedBytes: z.number().int().describe('Everything it occupies on the storage.'),
          }),
        ),
        snapshots: z.array(snapshotUsageSchema),
      }),
    ),
  compare: call('ENV_NOT_FOUND', 'ENV_NOT_YOURS', 'SNAPSHOT_NOT_FOUND', 'SNAPSHOT_FAILED')
    .route({
      method: 'GET',
      path: '/envs/{envName}/snapshots/{name}/comparison/{otherName}',
      summary: 'What differs between two snapshots: RAM, disks and configuration of each VM in either',
      description: 'Blocks of disks are compared by where they lie; no data of guests is read. At most 200 VMs.',
      tags: ['snapshot'],
    })
    .input(z.strictObject({ envName: anyName, name: anyName, otherName: anyName }))
    .output(snapshotComparisonSchema),
  thumbnail: call('ENV_NOT_FOUND', 'ENV_NOT_YOURS', 'SNAPSHOT_NOT_FOUND', 'THUMBNAIL_NOT_FOUND')
    .route({
      method: 'GET',
      path: '/envs/{envName}/snapshots/{name}/thumbnails/{vmId}',
      summary: 'A small PNG of the screen of one of its VMs at that instant',
      tags: ['snapshot'],
    })
    .input(z.strictObject({ envName: anyName, name: anyName, vmId }))
    .output(z.object({ takenAt: timestamp, contentType: z.literal('image/png'), dataBase64: z.string() })),
  create: call(
    'ENV_NOT_FOUND',
    'ENV_NOT_YOURS',
    'ENV_BUSY',
    'VM_NOT_FOUND',
    'NAME_INVALID',
    'SNAPSHOT_NAME_TAKEN',
    'SNAPSHOT_EMPTY',
    'WRITES_DISCARDED',
    'FEATURE_UNSUPPORTED',
    'SNAPSHOT_FAILED',
    'DISK_FULL',
    'QUOTA_EXCEEDED',
    'TEAM_QUOTA_EXCEEDED',
    'OPERATION_CANCELLED',
  )
    .route({
      method: 'POST',
      path: '/envs/{envName}/snapshots',
      successStatus: 201,
      summary: 'Takes a snapshot: RAM and disk of all VMs at one instant',
      tags: ['snapshot'],
    })
    .input(z.strictObject({ operationId, envName: anyName, ...snapshotCreateFields }))
    .output(snapshotSchema),
  revert: call(
    'ENV_NOT_FOUND',
    'ENV_NOT_YOURS',
    'ENV_BUSY',
    'VM_NOT_FOUND',
    'SNAPSHOT_NOT_FOUND',
    'SNAPSHOT_VM_MISSING',
    'SNAPSHOT_DAMAGED',
    'SNAPSHOT_FAILED',
    'CPU_EXHAUSTED',
    'QUOTA_EXCEEDED',
    'TEAM_QUOTA_EXCEEDED',
    'NETWORK_FAILED',
    'FIREWALL_FAILED',
    'MEMORY_EXHAUSTED',
    'VM_START_FAILED',
    'VM_MEMORY_LIMIT',
    'HOST_PORT_TAKEN',
    'VM_CONTROL_FAILED',
    'ENGINE_MISSING',
    'ENGINE_UNKNOWN',
    'FEATURE_UNSUPPORTED',
    'DISK_FULL',
    'OPERATION_CANCELLED',
  )
    .route({
      method: 'POST',
      path: '/envs/{envName}/snapshots/{name}/revert',
      summary: 'Reverts RAM, disks and configuration of the VMs; takes a safety snapshot first',
      description:
        'Answers when the guests run again. Their clocks are set after that, by the operation `snapshot.setClocks`.',
      tags: ['snapshot'],
    })
    .input(
      z.strictObject({
        operationId,
        envName: anyName,
        name: anyName,
        vmIds: z.array(vmId).min(1).optional().describe('Only these VMs; default: all VMs in the snapshot.'),
        safety: z.boolean().default(true).describe('Take a safety snapshot first, so that the revert can be undone.'),
      }),
    )
    .output(
      z.object({
        snapshot: snapshotSchema,
        safetySnapshotName: z.string().nullable().describe('Revert to this one to undo.'),
        vms: z.array(
          z.object({
            vmId,
            vmName: z.string(),
            restarted: z.boolean().describe('Its size or disks were different, so its engine was restarted.'),
          }),
        ),
      }),
    ),
  update: call(
    'ENV_NOT_FOUND',
    'ENV_NOT_YOURS',
    'ENV_BUSY',
    'SNAPSHOT_NOT_FOUND',
    'SNAPSHOT_NAME_TAKEN',
    'NAME_INVALID',
  )
    .route({
      method: 'PATCH',
      path: '/envs/{envName}/snapshots/{name}',
      summary: 'Changes its name, title, notes or expiry',
      tags: ['snapshot'],
    })
    .input(z.strictObject({ operationId, envName: anyName, name: anyName, ...snapshotChangeFields }))
    .output(snapshotSchema),
  fork: forkSnapshot,
  planFork,
  delete: call('ENV_NOT_FOUND', 'ENV_NOT_YOURS', 'ENV_BUSY', 'SNAPSHOT_NOT_FOUND', 'SNAPSHOT_FAILED')
    .route({
      method: 'DELETE',
      path: '/envs/{envName}/snapshots/{name}',
      summary: 'Deletes a snapshot',
      tags: ['snapshot'],
    })
    .input(z.strictObject({ operationId, envName: anyName, name: anyName }))
    .output(z.object({ name: z.string() })),
};
