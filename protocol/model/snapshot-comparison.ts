// What differs between two snapshots of an ENV: of each machine its memory, disks and configuration.
import { z } from 'zod';
import { openTerm } from '../terms/index.ts';
import { timestamp, vmId } from './common.ts';

/** Machines of one answer; of larger ENVs the others are counted only. */
export const MOST_COMPARED_VMS = 200;

const comparedSnapshot = z.object({ id: z.string(), name: z.string(), createdAt: timestamp });
const where = z.enum(['both', 'before', 'after']);

export const snapshotComparisonSchema = z.object({
  before: comparedSnapshot,
  after: comparedSnapshot,
  vms: z
    .array(
      z.object({
        vmId,
        vmName: z.string(),
        in: where.describe('Which of the two contains it.'),
        beforeRamBytes: z
          .number()
          .int()
          .nonnegative()
          .nullable()
          .describe('Size of its saved RAM; null: none was saved, as it was stopped, or not in this snapshot.'),
        afterRamBytes: z.number().int().nonnegative().nullable(),
        disks: z.array(
          z.object({
            name: z.string(),
            in: where,
            beforeMiB: z.number().int().nullable().describe('Size of the disk; null: not recorded, or not there.'),
            afterMiB: z.number().int().nullable(),
            changedBytes: z
              .number()
              .int()
              .nonnegative()
              .nullable()
              .describe(
                'At most so much of its contents differs, counted in blocks of the storage; null: it can’t tell, or the disk is in one only. Of ZFS, blocks that were given back count as far as it became smaller.',
              ),
            uncounted: openTerm('uncounted')
              .optional()
              .describe('Why it can’t tell; absent otherwise, and from older agents.'),
          }),
        ),
        changes: z
          .array(z.object({ property: openTerm('change'), before: z.string(), after: z.string() }))
          .nullable()
          .describe('Of its configuration, without disks; null: one of the two did not record it.'),
      }),
    )
    .max(MOST_COMPARED_VMS),
  leftOutVms: z.number().int().nonnegative().describe('Machines beyond the first 200.'),
});
export type SnapshotComparison = z.infer<typeof snapshotComparisonSchema>;
