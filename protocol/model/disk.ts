// Disks and CD drives of a VM.
import { z } from 'zod';

/** The disk a VM boots from; its size is `resources.diskMiB` too. */
export const BOOT_DISK = 'disk0';
/** Disks a VM may have, the boot disk included. */
export const DISKS_MAX = 9;
/** Every VM has these two CD drives, empty or not. */
export const CD_NAMES = ['cd0', 'cd1'] as const;

export const diskSizeMiB = z.number().int().min(1).max(67_108_864);
export const diskName = z
  .string()
  .regex(/^disk(0|[1-9][0-9]?)$/)
  .describe('disk0 is the boot disk.');
export const cdName = z.enum(CD_NAMES);
export type CdName = z.infer<typeof cdName>;

export const driveLimitsSchema = z
  .strictObject({
    bytesPerSecond: z.number().int().min(1024).max(1e12).nullable().describe('Read and written together; null: none.'),
    operationsPerSecond: z.number().int().min(1).max(1e9).nullable().describe('Reads and writes together; null: none.'),
  })
  .describe('The maximum rate of a disk, per second.');
export type DriveLimits = z.infer<typeof driveLimitsSchema>;

export const diskSchema = z.object({
  name: diskName,
  sizeMiB: diskSizeMiB,
  attached: z.boolean().describe('false: it is kept, but the VM does not see it.'),
  limits: driveLimitsSchema.nullable(),
});
export type Disk = z.infer<typeof diskSchema>;

export const cdSchema = z.object({
  name: cdName,
  medium: z.string().nullable().describe('Name of an image of kind iso; null: the drive is empty.'),
});
export type Cd = z.infer<typeof cdSchema>;

/** A disk to be made besides the boot disk, empty. */
export const diskRequestSchema = z.strictObject({ sizeMiB: diskSizeMiB, limits: driveLimitsSchema.optional() });
export type DiskRequest = z.infer<typeof diskRequestSchema>;
