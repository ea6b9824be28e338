// A snapshot of one VM or of a whole ENV at one instant: a thing that can be dragged back.
import { z } from 'zod';
import { notes, timestamp, title, typedName, vmId } from './common.ts';

export const snapshotSchema = z.object({
  id: z.string(),
  name: z.string().describe('Unique in its ENV.'),
  title: z.string(),
  notes: z.string(),
  envName: z.string(),
  scope: z.enum(['vm', 'env']).describe('env = all VMs of the ENV at one instant.'),
  kind: z.enum(['user', 'safety']).describe('safety = taken by TT before a revert, so that it can be undone.'),
  parentId: z.string().nullable().describe('The snapshot the ENV stood on when it was taken.'),
  vms: z.array(
    z.object({
      vmId,
      vmName: z.string(),
      hasRam: z.boolean().describe('false: the VM was stopped, only its disk is kept.'),
      vmStateBytes: z.number().int().nonnegative(),
      removed: z.boolean().describe('The VM has been deleted since; its part is gone.'),
    }),
  ),
  createdAt: timestamp,
  pausedMs: z.number().nonnegative().describe('How long the guests stood still.'),
  skewMs: z.number().nonnegative().describe('Between the first and the last guest to be paused.'),
  sizeBytes: z.number().int().nonnegative().describe('RAM saved; disks share their clusters with the VM.'),
});
export type Snapshot = z.infer<typeof snapshotSchema>;

export const snapshotCreateFields = {
  name: typedName,
  title: title.optional(),
  notes: notes.optional(),
  vmIds: z.array(vmId).min(1).optional().describe('Only these VMs; default: all VMs of the ENV at one instant.'),
};
