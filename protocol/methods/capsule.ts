// Calls about capsules: export creates a file to download, import takes an uploaded one (`transfer`).
import { z } from 'zod';
import { capsuleManifestSchema } from '../model/capsule.ts';
import { operationId, anyName } from '../model/common.ts';
import { newEnvFields } from '../model/env.ts';
import { RECORDINGS_MAX } from '../model/recording.ts';
import { transferId, transferSchema } from '../model/transfer.ts';
import { call } from './base.ts';
import { envDetailSchema } from './env-detail.ts';
import { fenced, waking } from './fork.ts';
import { reasonSchema } from '../terms/reason.ts';

export const capsule = {
  export: call(
    'ENV_NOT_FOUND',
    'ENV_NOT_YOURS',
    'ENV_BUSY',
    'SNAPSHOT_NOT_FOUND',
    'SNAPSHOT_VM_MISSING',
    'SNAPSHOT_EMPTY',
    'WRITES_DISCARDED',
    'FEATURE_UNSUPPORTED',
    'ENGINE_UNKNOWN',
    'SNAPSHOT_FAILED',
    'CAPSULE_FAILED',
    'TRANSFER_NOT_FOUND',
    'TRANSFER_STATE',
    'TRANSFER_LIMIT',
    'RECORDING_INVALID',
    'RECORDING_NOT_FOUND',
    'QUOTA_EXCEEDED',
    'TEAM_QUOTA_EXCEEDED',
    'DISK_FULL',
    'OPERATION_CANCELLED',
  )
    .route({
      method: 'POST',
      path: '/envs/{envName}/capsule',
      successStatus: 201,
      summary: 'Packs a snapshot of an ENV, or its current state, into one file for download',
      tags: ['capsule'],
    })
    .input(
      z
        .strictObject({
          operationId,
          envName: anyName,
          snapshotName: anyName.optional().describe('Default: the current state of the ENV.'),
          withRam: z.boolean().default(true).describe('false: disks only, a smaller file; its VMs boot.'),
          transferId: transferId.optional().describe('From transfer.reserve; can be read while it is packed.'),
          recordings: z
            .array(transferId)
            .max(RECORDINGS_MAX)
            .optional()
            .describe(
              'Uploads of recorded screens that show how it came to this state: they go into the file. Each is used up.',
            ),
          keptRecordings: z
            .array(
              z.strictObject({
                recordingId: z.uuid(),
                withoutKeys: z.boolean().default(false).describe('true: the keys that were pressed are left out.'),
              }),
            )
            .max(RECORDINGS_MAX)
            .refine(
              (kept) => new Set(kept.map(({ recordingId }) => recordingId)).size === kept.length,
              'names one twice',
            )
            .optional()
            .describe(
              'Of those the ENV was imported with (`Env.recordings`): they go into the file too. Default: none.',
            ),
        })
        .refine(
          ({ recordings = [], keptRecordings = [] }) => recordings.length + keptRecordings.length <= RECORDINGS_MAX,
          `takes at most ${RECORDINGS_MAX} recordings, sent and kept ones together`,
        ),
    )
    .output(z.object({ transfer: transferSchema, manifest: capsuleManifestSchema })),
  inspect: call('TRANSFER_NOT_FOUND', 'TRANSFER_STATE', 'CAPSULE_INVALID')
    .route({
      method: 'GET',
      path: '/transfers/{transferId}/capsule',
      summary: 'The contents of an uploaded capsule, and whether its memory can be loaded here',
      tags: ['capsule'],
    })
    .input(z.strictObject({ transferId }))
    .output(
      z.object({
        manifest: capsuleManifestSchema,
        ramProblem: reasonSchema.nullable().describe('Why its memory can’t be loaded here; null when it can.'),
        madeHere: z
          .boolean()
          .describe(
            'Made by this agent from an ENV of the caller, and not changed since. Otherwise its memory is loaded only on request.',
          ),
      }),
    ),
  import: call(
    'TRANSFER_NOT_FOUND',
    'TRANSFER_STATE',
    'CAPSULE_INVALID',
    'CAPSULE_RAM_UNFIT',
    'CAPSULE_FAILED',
    'NAME_INVALID',
    'ENV_NAME_TAKEN',
    'LIFETIME_TOO_LONG',
    'NOT_ALLOWED',
    'TEAM_NOT_FOUND',
    ...waking,
  )
    .route({
      method: 'POST',
      path: '/capsules',
      successStatus: 201,
      summary: 'Creates an ENV from an uploaded capsule, all or nothing; the upload is consumed',
      tags: ['capsule'],
    })
    .input(
      z.strictObject({
        operationId,
        transferId,
        name: anyName,
        withRam: z
          .boolean()
          .optional()
          .describe('false: its VMs are created stopped, with their disks. Default: whether the caller made it here.'),
        fenced,
        ...newEnvFields,
      }),
    )
    .output(envDetailSchema),
};
