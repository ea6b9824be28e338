// Calls about the bin of an agent: ENVs that were deleted, and are kept until their grace time ends (decision 0111).
import { z } from 'zod';
import { anyName, operationId } from '../model/common.ts';
import { envSchema } from '../model/env.ts';
import { call } from './base.ts';
import { envDetailSchema } from './env-detail.ts';

const operated = z.strictObject({ name: anyName, operationId });

export const listDeletedEnvs = call()
  .route({
    method: 'GET',
    path: '/deleted-envs',
    summary: 'ENVs in the bin: deleted, and kept until their grace time ends',
    tags: ['env'],
  })
  .output(z.object({ envs: z.array(envSchema) }));

export const restoreEnv = call('ENV_NOT_FOUND', 'ENV_NOT_YOURS', 'ENV_BUSY', 'ENV_NOT_DELETED')
  .route({
    method: 'POST',
    path: '/deleted-envs/{name}/restore',
    summary: 'Takes an ENV out of the bin, as it was when it was deleted, with its VMs stopped',
    tags: ['env'],
  })
  .input(operated)
  .output(envDetailSchema);

export const purgeEnv = call('ENV_NOT_FOUND', 'ENV_NOT_YOURS', 'ENV_BUSY', 'ENV_NOT_DELETED', 'ENGINE_UNKNOWN')
  .route({
    method: 'DELETE',
    path: '/deleted-envs/{name}',
    summary: 'Deletes an ENV of the bin, with its VMs and snapshots, for ever',
    tags: ['env'],
    inputStructure: 'compact',
  })
  .input(operated)
  .output(z.object({ name: z.string() }));
