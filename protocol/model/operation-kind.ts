// The kinds of operations. The agent has a definition for each, or does not compile (agent/api/operations.ts).
import { z } from 'zod';

export const operationKindSchema = z.enum([
  'image.build',
  'image.import',
  'image.publish',
  'image.rename',
  'image.delete',
  'env.create',
  'env.update',
  'env.addVms',
  'env.removeVms',
  'env.compact',
  'env.clone',
  'env.end',
  'env.start',
  'env.stop',
  'env.delete',
  'vm.update',
  'vm.start',
  'vm.resume',
  'vm.stop',
  'vm.reset',
  'vm.clone',
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
  'snapshot.revert',
  'snapshot.setClocks',
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
  'lab.removeTerminal',
  'lab.startSession',
  'lab.stopSession',
  'snapshot.fork',
  'capsule.export',
  'capsule.import',
]);
export type OperationKind = z.infer<typeof operationKindSchema>;

/** What may hold an ENV: an operation, or a background task that looks after its VMs. */
export type EnvHolder =
  | OperationKind
  | 'unknown-vms'
  | 'identity-reset'
  | 'discarded-writes'
  | 'kvm-watch'
  | 'disk-room';
