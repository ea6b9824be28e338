// Who asks, and what they may have at most.
import { z } from 'zod';
import { type RecordLimit, recordLimits } from '../terms/index.ts';

export const roleSchema = z.enum(['admin', 'user']);
export type Role = z.infer<typeof roleSchema>;

const limit = z.number().int().nonnegative().nullable().describe('null is no limit.');

export const quotaSchema = z.object({ envs: limit, vms: limit, cpuCount: limit, memoryMiB: limit, diskMiB: limit });
/** The most a user may have; cpuCount and memoryMiB count what runs. */
export type Quota = z.infer<typeof quotaSchema>;

export const usageSchema = z.object({
  envs: z.number().int(),
  vms: z.number().int(),
  cpuCount: z.number().int(),
  memoryMiB: z.number().int(),
  diskMiB: z.number().int(),
});
export type Usage = z.infer<typeof usageSchema>;

const limitUseSchema = z.object({
  used: z.number().int().nonnegative(),
  total: z.number().int().nonnegative().describe('The most there may be; less than `used` where it was lowered.'),
});

/** How much of each limit on records and text one user has used. */
export const limitsUsedSchema = z.object(
  Object.fromEntries(recordLimits.map((name) => [name, limitUseSchema])) as Record<RecordLimit, typeof limitUseSchema>,
);
export type LimitsUsed = z.infer<typeof limitsUsedSchema>;

export const meSchema = z.object({
  name: z.string(),
  role: roleSchema,
  quota: quotaSchema,
  used: usageSchema,
  limits: limitsUsedSchema.describe('Of records and text; they hold for administrators too.'),
});
export type Me = z.infer<typeof meSchema>;
