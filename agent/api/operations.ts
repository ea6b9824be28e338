// All operations by kind. A kind without a definition, or a definition whose kind is not in the contract, does not compile.
import type { OperationKind } from '@tt/protocol';
import { exportCapsuleOperation } from '../operations/capsules/export-capsule.ts';
import { importCapsuleOperation } from '../operations/capsules/import-capsule.ts';
import { cloneEnvOperation } from '../operations/copies/clone-env.ts';
import { cloneVmOperation } from '../operations/copies/clone-vm.ts';
import { forkSnapshotOperation } from '../operations/copies/fork-snapshot.ts';
import { addVmsOperation } from '../operations/envs/add-vms.ts';
import { compactEnvOperation } from '../operations/envs/compact-env.ts';
import { createEnvOperation } from '../operations/envs/create-env.ts';
import { deleteEnvOperation } from '../operations/envs/delete-env.ts';
import { endEnvOperation } from '../operations/envs/end-env.ts';
import { purgeEnvOperation } from '../operations/envs/purge-env.ts';
import { removeVmsOperation } from '../operations/envs/remove-vms.ts';
import { restoreEnvOperation } from '../operations/envs/restore-env.ts';
import { startEnvOperation } from '../operations/envs/start-env.ts';
import { stopEnvOperation } from '../operations/envs/stop-env.ts';
import { updateEnvOperation } from '../operations/envs/update-env.ts';
import { getFilesOperation } from '../operations/guest-files/get-files.ts';
import { putFilesOperation } from '../operations/guest-files/put-files.ts';
import { buildImageOperation } from '../operations/images/build-image.ts';
import { deleteImageOperation } from '../operations/images/delete-image.ts';
import { importImageOperation } from '../operations/images/import-image.ts';
import { publishImageOperation } from '../operations/images/publish-image.ts';
import { renameImageOperation } from '../operations/images/rename-image.ts';
import { createLabOperation } from '../operations/labs/create-lab.ts';
import { deleteLabOperation } from '../operations/labs/delete-lab.ts';
import { removeTerminalOperation } from '../operations/labs/remove-terminal.ts';
import { setTerminalOperation } from '../operations/labs/set-terminal.ts';
import { startSessionOperation } from '../operations/labs/start-session.ts';
import { stopSessionOperation } from '../operations/labs/stop-session.ts';
import { updateLabOperation } from '../operations/labs/update-lab.ts';
import { cloneProfileOperation } from '../operations/profiles/clone-profile.ts';
import { createProfileOperation } from '../operations/profiles/create-profile.ts';
import { deleteProfileOperation } from '../operations/profiles/delete-profile.ts';
import { discardProfileOperation } from '../operations/profiles/discard-profile.ts';
import { openAdminOperation } from '../operations/profiles/open-admin-session.ts';
import { publishProfileOperation } from '../operations/profiles/publish-profile.ts';
import { rollBackProfileOperation } from '../operations/profiles/roll-back-profile.ts';
import { updateProfileOperation } from '../operations/profiles/update-profile.ts';
import { deleteSnapshotOperation } from '../operations/snapshots/delete-snapshot.ts';
import { revertSnapshotOperation } from '../operations/snapshots/revert-snapshot.ts';
import { setClocksOperation } from '../operations/snapshots/set-clocks.ts';
import { takeSnapshotOperation } from '../operations/snapshots/take-snapshot.ts';
import { updateSnapshotOperation } from '../operations/snapshots/update-snapshot.ts';
import { deleteTemplateOperation } from '../operations/templates/delete-template.ts';
import { renameTemplateOperation } from '../operations/templates/rename-template.ts';
import { saveTemplateOperation } from '../operations/templates/save-template.ts';
import { shareTemplateOperation } from '../operations/templates/share-template.ts';
import { deleteVmOperation } from '../operations/vms/delete-vm.ts';
import { addDiskOperation } from '../operations/vms/drives/add-disk.ts';
import { attachDiskOperation } from '../operations/vms/drives/attach-disk.ts';
import { detachDiskOperation } from '../operations/vms/drives/detach-disk.ts';
import { ejectCdOperation } from '../operations/vms/drives/eject-cd.ts';
import { growDiskOperation } from '../operations/vms/drives/grow-disks.ts';
import { insertCdOperation } from '../operations/vms/drives/insert-cd.ts';
import { limitDiskOperation } from '../operations/vms/drives/limit-disk.ts';
import { removeDiskOperation } from '../operations/vms/drives/remove-disk.ts';
import { pauseVmOperation } from '../operations/vms/pause-vm.ts';
import { resetVmOperation } from '../operations/vms/reset-vm.ts';
import { resumeVmOperation } from '../operations/vms/resume-vm.ts';
import { startVmOperation } from '../operations/vms/start-vm.ts';
import { stopVmOperation } from '../operations/vms/stop-vm.ts';
import { updateVmOperation } from '../operations/vms/update-vms.ts';

import { coolImageOperation } from '../operations/warm/cool-image.ts';
import { warmImageOperation } from '../operations/warm/warm-image.ts';

export const operations = {
  'image.build': buildImageOperation,
  'image.import': importImageOperation,
  'image.publish': publishImageOperation,
  'image.rename': renameImageOperation,
  'image.warm': warmImageOperation,
  'image.cool': coolImageOperation,
  'image.delete': deleteImageOperation,
  'env.create': createEnvOperation,
  'env.update': updateEnvOperation,
  'env.addVms': addVmsOperation,
  'env.removeVms': removeVmsOperation,
  'env.compact': compactEnvOperation,
  'env.clone': cloneEnvOperation,
  'env.end': endEnvOperation,
  'env.start': startEnvOperation,
  'env.stop': stopEnvOperation,
  'env.delete': deleteEnvOperation,
  'env.restore': restoreEnvOperation,
  'env.purge': purgeEnvOperation,
  'vm.update': updateVmOperation,
  'vm.start': startVmOperation,
  'vm.pause': pauseVmOperation,
  'vm.resume': resumeVmOperation,
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
  'snapshot.revert': revertSnapshotOperation,
  'snapshot.setClocks': setClocksOperation,
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
  'template.save': saveTemplateOperation,
  'template.rename': renameTemplateOperation,
  'template.share': shareTemplateOperation,
  'template.delete': deleteTemplateOperation,
  'lab.create': createLabOperation,
  'lab.update': updateLabOperation,
  'lab.delete': deleteLabOperation,
  'lab.setTerminal': setTerminalOperation,
  'lab.removeTerminal': removeTerminalOperation,
  'lab.startSession': startSessionOperation,
  'lab.stopSession': stopSessionOperation,
  'snapshot.fork': forkSnapshotOperation,
  'capsule.export': exportCapsuleOperation,
  'capsule.import': importCapsuleOperation,
  'guestFile.put': putFilesOperation,
  'guestFile.get': getFilesOperation,
} satisfies { [Kind in OperationKind]: { kind: Kind } };
