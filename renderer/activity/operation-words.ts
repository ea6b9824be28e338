// How an operation is called in sentences: "Start web-1", "Snapshot “clean” of demo" - for toasts, the status bar and Activity.
import type { Operation } from '@tt/protocol';
import { translate, type Word } from '../i18n/index.ts';

export interface OperationWords {
  title: string;
  done: string;
  failed: string;
  cancelled: string;
  cancelFailed: string;
}

const titles: Record<Operation['kind'], Word> = {
  'image.build': 'activity.kinds.imageBuild',
  'image.import': 'activity.kinds.imageImport',
  'image.publish': 'activity.kinds.imagePublish',
  'image.rename': 'activity.kinds.imageRename',
  'image.warm': 'activity.kinds.imageWarm',
  'image.cool': 'activity.kinds.imageCool',
  'image.delete': 'activity.kinds.imageDelete',
  'env.create': 'activity.kinds.envCreate',
  'env.update': 'activity.kinds.envUpdate',
  'env.addVms': 'activity.kinds.envAddVms',
  'env.removeVms': 'activity.kinds.envRemoveVms',
  'env.compact': 'activity.kinds.envCompact',
  'env.end': 'activity.kinds.envEnd',
  'env.start': 'activity.kinds.envStart',
  'env.stop': 'activity.kinds.envStop',
  'env.delete': 'activity.kinds.envDelete',
  'env.restore': 'activity.kinds.envRestore',
  'env.purge': 'activity.kinds.envPurge',
  'vm.update': 'activity.kinds.vmUpdate',
  'vm.start': 'activity.kinds.vmStart',
  'vm.stop': 'activity.kinds.vmStop',
  'vm.pause': 'activity.kinds.vmPause',
  'vm.resume': 'activity.kinds.vmResume',
  'vm.reset': 'activity.kinds.vmReset',
  'vm.delete': 'activity.kinds.vmDelete',
  'disk.add': 'activity.kinds.diskAdd',
  'disk.attach': 'activity.kinds.diskAttach',
  'disk.detach': 'activity.kinds.diskDetach',
  'disk.remove': 'activity.kinds.diskRemove',
  'disk.grow': 'activity.kinds.diskGrow',
  'disk.limit': 'activity.kinds.diskLimit',
  'cd.insert': 'activity.kinds.cdInsert',
  'cd.eject': 'activity.kinds.cdEject',
  'snapshot.create': 'activity.kinds.snapshotCreate',
  'snapshot.revert': 'activity.kinds.snapshotRevert',
  'snapshot.setClocks': 'activity.kinds.snapshotSetClocks',
  'snapshot.update': 'activity.kinds.snapshotUpdate',
  'snapshot.delete': 'activity.kinds.snapshotDelete',
  'snapshot.fork': 'activity.kinds.snapshotFork',
  'env.clone': 'activity.kinds.envClone',
  'vm.clone': 'activity.kinds.vmClone',
  'capsule.export': 'activity.kinds.capsuleExport',
  'capsule.import': 'activity.kinds.capsuleImport',
  'guestFile.put': 'activity.kinds.guestFilePut',
  'guestFile.get': 'activity.kinds.guestFileGet',
  'profile.create': 'activity.kinds.profileCreate',
  'profile.update': 'activity.kinds.profileUpdate',
  'profile.clone': 'activity.kinds.profileClone',
  'profile.rollback': 'activity.kinds.profileRollback',
  'profile.delete': 'activity.kinds.profileDelete',
  'profile.openAdmin': 'activity.kinds.profileOpenAdmin',
  'profile.publish': 'activity.kinds.profilePublish',
  'profile.discard': 'activity.kinds.profileDiscard',
  'template.save': 'activity.kinds.templateSave',
  'template.rename': 'activity.kinds.templateRename',
  'template.share': 'activity.kinds.templateShare',
  'template.delete': 'activity.kinds.templateDelete',
  'lab.create': 'activity.kinds.labCreate',
  'lab.update': 'activity.kinds.labUpdate',
  'lab.delete': 'activity.kinds.labDelete',
  'lab.setTerminal': 'activity.kinds.labSetTerminal',
  'lab.removeTerminal': 'activity.kinds.labRemoveTerminal',
  'lab.startSession': 'activity.kinds.labStartSession',
  'lab.stopSession': 'activity.kinds.labStopSession',
};

export function operationWords({ kind, subject }: Pick<Operation, 'kind' | 'subject'>): OperationWords {
  const title = translate(titles[kind], {
    env: subject.envName ?? '?',
    vm: subject.vmName ?? subject.vmId ?? '?',
    snapshot: subject.snapshotName ?? '?',
    image: subject.imageName ?? '?',
    lab: subject.labName ?? '?',
    profile: subject.profileName ?? '?',
    template: subject.templateName ?? '?',
    session: subject.sessionName ?? '?',
  });
  return {
    title,
    done: translate('activity.done', { title }),
    failed: translate('activity.failed', { title }),
    cancelled: translate('activity.cancelled', { title }),
    cancelFailed: translate('activity.cancelFailed', { title }),
  };
}
