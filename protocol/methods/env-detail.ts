// One ENV with everything that belongs to it, as several calls return it.
import { z } from 'zod';
import { anyName, vmId } from '../model/common.ts';
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

/** VMs. A thousand at once are a megabyte, and keep everybody else waiting for a tenth of a second. */
export const MOST_IN_PAGE = 500;

export const envShowInput = z.strictObject({
  name: anyName,
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(MOST_IN_PAGE)
    .optional()
    .describe('Answer in pages of so many VMs; absent: all at once. Snapshots and warnings are in the last page.'),
  after: vmId.optional().describe('`next` of the page before. VM_NOT_FOUND if that VM is gone: begin anew.'),
});

/** One ENV, or a page of it. */
export const envPageSchema = envDetailSchema.extend({
  next: vmId.optional().describe('`after` for the next page; absent in the last one.'),
});
export type EnvPage = z.infer<typeof envPageSchema>;
