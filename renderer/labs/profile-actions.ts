// Everything a person can do to a profile, and to the machine of its administrative session.
import type { Profile } from '@tt/protocol';
import { BookUp, CopyPlus, History, Monitor, Pencil, Plus, Trash2, Wrench, X } from 'lucide-react';
import { type Action, firstReason } from '../components/action.ts';
import type { Translate } from '../i18n/index.ts';
import type { Stores } from '../state/stores.ts';

export type ProfileActionId =
  | 'edit'
  | 'clone'
  | 'versions'
  | 'openAdmin'
  | 'adminConsole'
  | 'publish'
  | 'discard'
  | 'delete';

/** The call that each leads to; null: it only shows what is known. */
const calls = {
  edit: 'profile.update',
  clone: 'profile.clone',
  versions: null,
  openAdmin: 'profile.openAdmin',
  adminConsole: 'console.open',
  publish: 'profile.publish',
  discard: 'profile.discard',
  delete: 'profile.delete',
} as const;

export function profileActions(
  { labs, operations, view, vms, link, rights }: Stores,
  profile: Profile,
  t: Translate,
): Record<ProfileActionId, Action> {
  const { name } = profile;
  const adminEnv = labs.adminEnvOf(name);
  const [adminVm] = adminEnv ? vms.ofEnv(adminEnv.name) : [];
  const busy = operations.running.some(({ subject }) => subject.profileName === name);
  const linkDown = !link.up;
  const online = link.whyNot;
  const whenQuiet = firstReason({ busy, linkDown });
  return rights.on(calls, {
    edit: {
      id: 'edit',
      label: t('labs.editProfile'),
      icon: Pencil,
      whyNot: online,
      run: () => view.open({ kind: 'profile', name }),
    },
    clone: {
      id: 'clone',
      label: t('labs.cloneProfile'),
      icon: CopyPlus,
      whyNot: online,
      run: () => view.open({ kind: 'cloneProfile', name }),
    },
    versions: {
      id: 'versions',
      label: t('labs.versions'),
      icon: History,
      whyNot: online,
      run: () => view.open({ kind: 'profileVersions', name }),
    },
    openAdmin: {
      id: 'openAdmin',
      label: t('labs.openAdmin'),
      icon: Wrench,
      whyNot: whenQuiet,
      run: () => view.open({ kind: 'openAdmin', name }),
    },
    adminConsole: {
      id: 'adminConsole',
      label: t('labs.console'),
      icon: Monitor,
      whyNot: firstReason({ noMachines: adminVm === undefined }),
      run: () => adminVm && view.go({ page: 'console', envName: adminVm.envName, vmId: adminVm.id }),
    },
    publish: {
      id: 'publish',
      label: t('labs.publish'),
      icon: BookUp,
      whyNot: whenQuiet,
      run: () => view.open({ kind: 'publishProfile', name }),
    },
    discard: {
      id: 'discard',
      label: t('labs.discard'),
      icon: X,
      whyNot: whenQuiet,
      run: () => void labs.discard(name),
    },
    delete: {
      id: 'delete',
      label: t('labs.deleteProfile'),
      icon: Trash2,
      danger: true,
      whyNot: online,
      run: () => view.open({ kind: 'deleteProfile', name }),
    },
  });
}

export function newProfileAction({ view, link, rights }: Stores, t: Translate): Action {
  return rights.before('profile.create', {
    id: 'newProfile',
    label: t('labs.newProfile'),
    icon: Plus,
    whyNot: link.whyNot,
    run: () => view.open({ kind: 'profile', name: null }),
  });
}
