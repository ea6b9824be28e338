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
  parentId: z.string().nullable().describe('The current snapshot of the ENV when it was taken.'),
  vms: z.array(
    z.object({
      vmId,
      vmName: z.string(),
      hasRam: z.boolean().describe('false: the VM was stopped; only its disks are saved.'),
      vmStateBytes: z.number().int().nonnegative(),
      removed: z.boolean().describe('The VM was deleted later; its part no longer exists.'),
      hasThumbnail: z.boolean().describe('Whether there is a picture of its screen: `snapshot.thumbnail`.'),
      spec: machineSpecSchema
        .nullable()
        .describe(
          'Its spec at that instant; null: taken by a TT that did not record it, so a revert does not change it.',
        ),
    }),
  ),
  createdAt: timestamp,
  expiresAt: timestamp.nullable().describe('Deleted at this time; null: kept until the ENV is deleted.'),
  pausedMs: z.number().nonnegative().describe('How long the guests were paused.'),
  skewMs: z.number().nonnegative().describe('Time between pausing the first and the last guest.'),
  sizeBytes: z.number().int().nonnegative().describe('Size of the saved RAM; for disks see `snapshot.usage`.'),
});
export type Snapshot = z.infer<typeof snapshotSchema>;

/** Seconds: a snapshot lives at least half a minute, at most a year. */
const lifetimeS = z.number().int().min(30).max(31_536_000);

export const snapshotCreateFields = {
  name: anyName,
  title: title.optional(),
  notes: notes.optional(),
  vmIds: z.array(vmId).min(1).optional().describe('Only these VMs; default: all VMs of the ENV at one instant.'),
  lifetimeS: lifetimeS
    .optional()
    .describe('Seconds until it is deleted automatically; default: kept until the ENV is deleted.'),
};

/** Changes to a snapshot; absent fields stay unchanged. */
export const snapshotChangeFields = {
  newName: anyName.optional(),
  title: title.optional(),
  notes: notes.optional(),
  lifetimeS: lifetimeS.nullable().optional().describe('Seconds from now; null: kept until the ENV is deleted.'),
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
    .describe('Disk space that deleting it would free, as precisely as the storage can tell.'),
  vms: z.array(
    z.object({
      vmId,
      vmName: z.string(),
      ramBytes: z.number().int().nonnegative(),
      diskBytes: z.number().int().nonnegative(),
      missing: z
        .array(openTerm('snapshotPart'))
        .describe('What it needs but is missing: names of files, or codes of the terms `snapshotPart`.'),
    }),
  ),
  children: z.array(z.string()).describe('Names of the snapshots taken from it; they do not depend on it.'),
  forks: z.array(z.string()).describe('Names of the ENVs forked from it; they do not depend on it.'),
});
export type SnapshotUsage = z.infer<typeof snapshotUsageSchema>;
