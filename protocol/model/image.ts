// Images (templates) that VMs are cloned from, named `engine:os-version:variant`.
import { z } from 'zod';
import { errorRecordSchema } from '../errors.ts';

export const imageSchema = z.object({
  name: z.string().describe('engine:os-version:variant, e.g. qemu:tiny-1:default'),
  engine: z.string(),
  os: z.string(),
  variant: z.string(),
  state: z.enum(['ready', 'absent', 'building', 'failed']).describe('absent: there is a recipe, build it.'),
  problem: errorRecordSchema.nullable(),
  memo: z.string(),
  sizeBytes: z.number().int().nonnegative().describe('On disk; 0 while it is not ready.'),
  features: z.array(z.string()),
  defaultLogin: z.object({ user: z.string(), password: z.string() }).nullable(),
  minMemoryMiB: z.number().int(),
  minDiskMiB: z.number().int(),
  builtFrom: z.array(z.string()).describe('package=version of each package in it.'),
});
export type Image = z.infer<typeof imageSchema>;
