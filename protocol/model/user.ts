// A user, and the user's quota.
import { z } from 'zod';

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

export const meSchema = z.object({ name: z.string(), role: roleSchema, quota: quotaSchema, used: usageSchema });
export type Me = z.infer<typeof meSchema>;
