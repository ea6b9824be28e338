// A snapshot of one VM or of a whole ENV at one instant.
import { z } from 'zod';
import { openTerm } from '../terms/index.ts';
import { anyName, leftOut, notes, shownNotes, timestamp, title, vmId } from './common.ts';
import { machineSpecSchema } from './machine-spec.ts';

export const snapshotKindSchema = z
  .enum(['user', 'safety', 'scheduled'])
  .describe('safety = taken by TT before a revert, so that it can be undone; scheduled = by the ENV’s schedule.');

export const snapshotSchema = z.object({
  id: z.string(),
  name: z.string().describe('Unique in its ENV.'),
  title: z.string(),
  notes: shownNotes,
  leftOut,
  envName: z.string(),
  scope: z.enum(['vm', 'env']).describe('env = all VMs of the ENV at one instant.'),
  kind: snapshotKindSchema,
  parentId: z.string().nullable().describe('The snapshot the ENV stood on when it was taken.'),
  vms: z.array(
    z.object({
      vmId,
      vmName: z.string(),
      hasRam: z.boolean().describe('false: the VM was stopped, only its disk is kept.'),
      vmStateBytes: z.number().int().nonnegative(),
      removed: z.boolean().describe('The VM has been deleted since; its part is gone.'),
      hasThumbnail: z.boolean().describe('There is a picture of its screen: `snapshot.thumbnail`.'),
      spec: machineSpecSchema
        .nullable()
        .describe(
          'What it was made of at that instant; null: taken by a TT that did not record it, and left alone by a revert.',
        ),
    }),
  ),
  createdAt: timestamp,
  expiresAt: timestamp.nullable().describe('Deleted at this time; null = kept as long as its ENV.'),
  pausedMs: z.number().nonnegative().describe('How long the guests stood still.'),
  skewMs: z.number().nonnegative().describe('Between the first and the last guest to be paused.'),
  sizeBytes: z.number().int().nonnegative().describe('RAM saved; what disks hold is said by `snapshot.usage`.'),
});
export type Snapshot = z.infer<typeof snapshotSchema>;

/** Seconds: a snapshot lives at least half a minute, at most a year. */
const lifetimeS = z.number().int().min(30).max(31_536_000);

export const snapshotCreateFields = {
  name: anyName,
  title: title.optional(),
  notes: notes.optional(),
  vmIds: z.array(vmId).min(1).optional().describe('Only these VMs; default: all VMs of the ENV at one instant.'),
  lifetimeS: lifetimeS.optional().describe('Seconds until it is deleted by itself; default: kept as long as its ENV.'),
};

/** Changes to a snapshot; absent fields stay unchanged. */
export const snapshotChangeFields = {
  newName: anyName.optional(),
  title: title.optional(),
  notes: notes.optional(),
  lifetimeS: lifetimeS.nullable().optional().describe('Seconds from now; null = kept as long as its ENV.'),
};

/** The storage one snapshot uses, and what depends on it. */
export const snapshotUsageSchema = z.object({
  id: z.string(),
  name: z.string(),
  ramBytes: z.number().int().nonnegative(),
  diskBytes: z
    .number()
    .int()
    .nonnegative()
    .describe('What deleting it would free of disks, as near as the storage can tell.'),
  vms: z.array(
    z.object({
      vmId,
      vmName: z.string(),
      ramBytes: z.number().int().nonnegative(),
      diskBytes: z.number().int().nonnegative(),
      missing: z
        .array(openTerm('snapshotPart'))
        .describe('Names of files, or codes of the terms `snapshotPart`: what it needs and is gone.'),
    }),
  ),
  children: z.array(z.string()).describe('Names of the snapshots taken from it; they go on without it.'),
  forks: z.array(z.string()).describe('Names of the ENVs made from it; they go on without it.'),
});
export type SnapshotUsage = z.infer<typeof snapshotUsageSchema>;
