// Everything a person can do to one ENV.
import type { Env } from '@tt/protocol';
import {
  Camera,
  Clock,
  CopyPlus,
  KeyRound,
  ListX,
  PackageOpen,
  Pencil,
  Play,
  Plus,
  SlidersHorizontal,
  Square,
  Trash2,
} from 'lucide-react';
import { type Action, firstReason } from '../components/action.ts';
import type { Translate } from '../i18n/index.ts';
import { canStart, canStop } from '../machines/vm-store.ts';
import type { Stores } from '../state/stores.ts';

export type EnvActionId =
  | 'snapshot'
  | 'lifetime'
  | 'edit'
  | 'clone'
  | 'export'
  | 'add'
  | 'change'
  | 'remove'
  | 'sshKey'
  | 'start'
  | 'stop'
  | 'delete';

export function envActions({ envs, vms, view, link }: Stores, env: Env, t: Translate): Record<EnvActionId, Action> {
  const { name: envName, expired } = env;
  const states = vms.ofEnv(envName).map(({ state }) => state);
  const linkDown = !link.up;
  const noMachines = states.length === 0;
  const unsettled = env.state === 'creating' || env.state === 'deleting';
  const online = firstReason({ linkDown });
  const withMachines = firstReason({ noMachines, linkDown });
  return {
    snapshot: {
      id: 'snapshot',
      label: t('envs.snapshot'),
      icon: Camera,
      shortcut: 'S',
      whyNot: firstReason({ noMachines, wrongState: unsettled, linkDown }),
      run: () => view.open({ kind: 'takeSnapshot', envName, vmId: null }),
    },
    lifetime: {
      id: 'lifetime',
      label: t('envs.settingsLifetime'),
      icon: Clock,
      whyNot: online,
      run: () => view.open({ kind: 'lifetime', envName }),
    },
    edit: {
      id: 'edit',
      label: t('envs.edit'),
      icon: Pencil,
      shortcut: 'E',
      whyNot: online,
      run: () => view.open({ kind: 'editEnv', envName }),
    },
    clone: {
      id: 'clone',
      label: t('copies.clone'),
      icon: CopyPlus,
      whyNot: withMachines,
      run: () => view.open({ kind: 'copyEnv', envName, snapshotId: null }),
    },
    export: {
      id: 'export',
      label: t('copies.capsule.export'),
      icon: PackageOpen,
      whyNot: withMachines,
      run: () => view.open({ kind: 'exportCapsule', envName, snapshotName: null }),
    },
    add: {
      id: 'add',
      label: t('machines.add'),
      icon: Plus,
      shortcut: 'A',
      whyNot: firstReason({ expired, linkDown }),
      run: () => view.open({ kind: 'addMachines', envName, draft: null }),
    },
    change: {
      id: 'change',
      label: t('machines.change'),
      icon: SlidersHorizontal,
      whyNot: withMachines,
      run: () => view.open({ kind: 'changeMachines', envName, vmIds: null }),
    },
    remove: {
      id: 'remove',
      label: t('machines.remove'),
      icon: ListX,
      whyNot: withMachines,
      run: () => view.open({ kind: 'removeMachines', envName, vmIds: [] }),
    },
    sshKey: {
      id: 'sshKey',
      label: t('cloudInit.key'),
      icon: KeyRound,
      whyNot: online,
      run: () => view.open({ kind: 'sshKey', envName }),
    },
    start: {
      id: 'start',
      label: t('envs.start'),
      icon: Play,
      whyNot: firstReason({ expired, noMachines, wrongState: unsettled || !states.some(canStart), linkDown }),
      run: () => void envs.startEnv(envName),
    },
    stop: {
      id: 'stop',
      label: t('envs.stop'),
      icon: Square,
      whyNot: firstReason({ noMachines, wrongState: unsettled || !states.some(canStop), linkDown }),
      run: () => void envs.stopEnv(envName),
    },
    delete: {
      id: 'delete',
      label: t('envs.delete'),
      icon: Trash2,
      danger: true,
      whyNot: online,
      run: () => view.open({ kind: 'deleteEnvs', names: [envName] }),
    },
  };
}
