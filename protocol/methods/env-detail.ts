// One ENV with everything that belongs to it, as several calls return it.
import { z } from 'zod';
import { envSchema } from '../model/env.ts';
import { snapshotSchema } from '../model/snapshot.ts';
import { vmSchema } from '../model/vm.ts';
import { reasonSchema } from '../terms/reason.ts';

export const envDetailSchema = z.object({
  env: envSchema,
  vms: z.array(vmSchema),
  snapshots: z.array(snapshotSchema),
  warnings: z.array(reasonSchema).default([]).describe('Warnings of its host that concern the networks of this ENV.'),
});
export type EnvDetail = z.infer<typeof envDetailSchema>;
