// Every operation there is, by its kind: one that is missing here, or whose kind the contract does not know, does not compile.
import type { OperationKind } from '@tt/protocol';
import {
  discardProfileOperation,
  openAdminOperation,
  publishProfileOperation,
} from '../operations/labs/admin-session.ts';
import {
  createLabOperation,
  deleteLabOperation,
  deleteTerminalOperation,
  setTerminalOperation,
  updateLabOperation,
} from '../operations/labs/change-labs.ts';
import {
  cloneProfileOperation,
  createProfileOperation,
  deleteProfileOperation,
  rollBackProfileOperation,
  updateProfileOperation,
} from '../operations/labs/change-profiles.ts';
import { startSessionOperation, stopSessionOperation } from '../operations/labs/lab-sessions.ts';
import { addVmsOperation } from '../operations/envs/add-vms.ts';
import { exportCapsuleOperation } from '../operations/capsules/export-capsule.ts';
import { importCapsuleOperation } from '../operations/capsules/import-capsule.ts';
import { compactEnvOperation } from '../operations/envs/compact-env.ts';
import { cloneEnvOperation, cloneVmOperation } from '../operations/copies/clone-env.ts';
import { forkSnapshotOperation } from '../operations/copies/fork-snapshot.ts';
import { createEnvOperation } from '../operations/envs/create-env.ts';
import { deleteEnvOperation } from '../operations/envs/delete-env.ts';
import { deleteVmOperation } from '../operations/vms/delete-vm.ts';
import { addDiskOperation, removeDiskOperation } from '../operations/vms/drives/add-disk.ts';
import { attachDiskOperation, detachDiskOperation, limitDiskOperation } from '../operations/vms/drives/attach-disk.ts';
import { ejectCdOperation, insertCdOperation } from '../operations/vms/drives/change-cd.ts';
import { growDiskOperation } from '../operations/vms/drives/grow-disks.ts';
import { endEnvOperation } from '../operations/envs/end-env.ts';
import { buildImageOperation } from '../operations/images/build-image.ts';
import { deleteImageOperation, renameImageOperation } from '../operations/images/change-image.ts';
import { importImageOperation } from '../operations/images/import-image.ts';
import { publishImageOperation } from '../operations/images/publish-image.ts';
import { kickOperation } from '../operations/envs/remove-vms.ts';
import { resetVmOperation } from '../operations/vms/reset-vm.ts';
import { applySnapshotOperation } from '../operations/snapshots/apply-snapshot.ts';
import { deleteSnapshotOperation } from '../operations/snapshots/delete-snapshot.ts';
import { takeSnapshotOperation } from '../operations/snapshots/take-snapshot.ts';
import { updateSnapshotOperation } from '../operations/snapshots/update-snapshot.ts';
import { startEnvOperation } from '../operations/envs/start-env.ts';
import { startVmOperation } from '../operations/vms/start-vm.ts';
import { stopEnvOperation } from '../operations/envs/stop-env.ts';
import { stopVmOperation } from '../operations/vms/stop-vm.ts';
import { updateEnvOperation } from '../operations/envs/update-env.ts';
import { updateVmOperation } from '../operations/vms/update-vms.ts';

export const operations = {
  'image.build': buildImageOperation,
  'image.import': importImageOperation,
  'image.publish': publishImageOperation,
  'image.rename': renameImageOperation,
  'image.delete': deleteImageOperation,
  'env.create': createEnvOperation,
  'env.update': updateEnvOperation,
  'env.addVms': addVmsOperation,
  'env.kick': kickOperation,
  'env.compact': compactEnvOperation,
  'env.clone': cloneEnvOperation,
  'env.end': endEnvOperation,
  'env.start': startEnvOperation,
  'env.stop': stopEnvOperation,
  'env.delete': deleteEnvOperation,
  'vm.update': updateVmOperation,
  'vm.start': startVmOperation,
  'vm.stop': stopVmOperation,
  'vm.reset': resetVmOperation,
  'vm.clone': cloneVmOperation,
  'vm.delete': deleteVmOperation,
  'disk.add': addDiskOperation,
  'disk.attach': attachDiskOperation,
  'disk.detach': detachDiskOperation,
  'disk.remove': removeDiskOperation,
  'disk.grow': growDiskOperation,
  'disk.limit': limitDiskOperation,
  'cd.insert': insertCdOperation,
  'cd.eject': ejectCdOperation,
  'snapshot.create': takeSnapshotOperation,
  'snapshot.apply': applySnapshotOperation,
  'snapshot.update': updateSnapshotOperation,
  'snapshot.delete': deleteSnapshotOperation,
  'profile.create': createProfileOperation,
  'profile.update': updateProfileOperation,
  'profile.clone': cloneProfileOperation,
  'profile.rollback': rollBackProfileOperation,
  'profile.delete': deleteProfileOperation,
  'profile.openAdmin': openAdminOperation,
  'profile.publish': publishProfileOperation,
  'profile.discard': discardProfileOperation,
  'lab.create': createLabOperation,
  'lab.update': updateLabOperation,
  'lab.delete': deleteLabOperation,
  'lab.setTerminal': setTerminalOperation,
  'lab.deleteTerminal': deleteTerminalOperation,
  'lab.startSession': startSessionOperation,
  'lab.stopSession': stopSessionOperation,
  'snapshot.fork': forkSnapshotOperation,
  'capsule.export': exportCapsuleOperation,
  'capsule.import': importCapsuleOperation,
} satisfies { [Kind in OperationKind]: { kind: Kind } };
