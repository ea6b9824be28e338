// An ENV: a named group of VMs with a lifetime. The unit people think in.
import { z } from 'zod';
import { notes, port, protocolName, timestamp, title, typedName, vmId } from './common.ts';

/** Seconds. Default 1 h, limit 6 h. */
export const LIFETIME_DEFAULT_S = 3600;
export const LIFETIME_MAX_S = 21_600;
export const LIFETIME_MIN_S = 30;

export const envStateSchema = z
  .enum(['creating', 'running', 'partial', 'stopped', 'failed', 'deleting', 'empty'])
  .describe('Derived from its VMs: partial = some run, some do not.');
export type EnvState = z.infer<typeof envStateSchema>;

export const envSchema = z.object({
  name: z.string(),
  title: z.string(),
  owner: z.string(),
  notes: z.string(),
  tags: z.array(z.string()),
  state: envStateSchema,
  startAt: timestamp,
  endAt: timestamp.describe('startAt + lifetime; at this time the ENV is deleted.'),
  denyOutgoing: z.boolean(),
  vmIds: z.array(vmId),
});
export type Env = z.infer<typeof envSchema>;

/** One wish inside a create call: every image that matches gets `copies` VMs of this size. */
export const vmGroupSchema = z.strictObject({
  osPrefix: z
    .string()
    .min(1)
    .max(200)
    .describe('Case-insensitive prefix of an image name or of its os part; may match several.'),
  copies: z
    .number()
    .int()
    .min(1)
    .max(2001)
    .default(1)
    .describe('VMs for each image that matches (1 + the seed’s dup).'),
  cpuCount: z.number().int().min(1).max(64).optional().describe('Default 1.'),
  memoryMiB: z.number().int().min(1).max(1_048_576).optional().describe('Default: 128, or what the image needs.'),
  diskMiB: z.number().int().min(1).max(67_108_864).optional().describe('Default: the size of the image.'),
  ports: z
    .array(z.strictObject({ protocol: protocolName, guestPort: port }))
    .max(64)
    .optional()
    .describe('Forwarded besides ssh (22).'),
});
export type VmGroup = z.input<typeof vmGroupSchema>;

export const envCreateFields = {
  name: typedName,
  title: title.optional(),
  notes: notes.optional(),
  tags: z.array(z.string().min(1).max(64)).max(32).optional(),
  groups: z.array(vmGroupSchema).min(1).max(100),
  lifetimeS: z.number().int().min(LIFETIME_MIN_S).optional().describe('Seconds; default 3600, at most 21600.'),
  denyOutgoing: z.boolean().optional(),
};
