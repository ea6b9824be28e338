// Anything that may last longer than a second: shown with progress, and cancelled where that is still possible.
import { z } from 'zod';
import { errorRecordSchema } from '../errors.ts';
import { timestamp } from './common.ts';

export const operationKindSchema = z.enum([
  'image.build',
  'env.create',
  'env.update',
  'env.addVms',
  'env.kick',
  'env.compact',
  'env.end',
  'env.start',
  'env.stop',
  'env.delete',
  'vm.update',
  'vm.start',
  'vm.stop',
  'vm.delete',
  'disk.add',
  'disk.attach',
  'disk.detach',
  'disk.remove',
  'disk.grow',
  'disk.limit',
  'cd.insert',
  'cd.eject',
  'snapshot.create',
  'snapshot.apply',
  'snapshot.update',
  'snapshot.delete',
  'profile.create',
  'profile.update',
  'profile.clone',
  'profile.rollback',
  'profile.delete',
  'profile.openAdmin',
  'profile.publish',
  'profile.discard',
  'lab.create',
  'lab.update',
  'lab.delete',
  'lab.setTerminal',
  'lab.deleteTerminal',
  'lab.startSession',
  'lab.stopSession',
]);
export type OperationKind = z.infer<typeof operationKindSchema>;

export const operationSchema = z.object({
  id: z.string(),
  kind: operationKindSchema,
  /** What it is about, for the words of the window. */
  subject: z.object({
    envName: z.string().optional(),
    vmId: z.string().optional(),
    vmName: z.string().optional(),
    snapshotName: z.string().optional(),
    imageName: z.string().optional(),
    labName: z.string().optional(),
    profileName: z.string().optional(),
    sessionName: z.string().optional(),
  }),
  state: z.enum(['running', 'succeeded', 'failed', 'cancelled']),
  step: z.string().describe('What it does right now, a short phrase.'),
  progress: z.object({ done: z.number(), total: z.number() }).nullable(),
  cancellable: z.boolean(),
  startedAt: timestamp,
  endedAt: timestamp.nullable(),
  error: errorRecordSchema.nullable(),
});
export type Operation = z.infer<typeof operationSchema>;
