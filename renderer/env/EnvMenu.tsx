// All verbs of one ENV in a menu.
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
import { observer } from 'mobx-react-lite';
import { MenuButton, type MenuEntry } from '../components/Menu.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { canStart, canStop } from '../machines/vm-store.ts';

export const EnvMenu = observer(function EnvMenu({ env, small }: { env: Env; small?: boolean }) {
  const { envs, vms, view, link } = useStores();
  const t = useWords();
  const states = vms.ofEnv(env.name).map(({ state }) => state);
  const off = !link.up;
  const entries: MenuEntry[] = [
    {
      id: 'snapshot',
      label: t('envs.snapshot'),
      icon: Camera,
      shortcut: 'S',
      disabled: off || states.length === 0,
      run: () => view.open({ kind: 'takeSnapshot', envName: env.name, vmId: null }),
    },
    {
      id: 'lifetime',
      label: t('envs.settingsLifetime'),
      icon: Clock,
      disabled: off,
      run: () => view.open({ kind: 'lifetime', envName: env.name }),
    },
    {
      id: 'edit',
      label: t('envs.edit'),
      icon: Pencil,
      shortcut: 'E',
      disabled: off,
      run: () => view.open({ kind: 'editEnv', envName: env.name }),
    },
    {
      id: 'clone',
      label: t('copies.clone'),
      icon: CopyPlus,
      disabled: off || states.length === 0,
      run: () => view.open({ kind: 'copyEnv', envName: env.name, snapshotId: null }),
    },
    {
      id: 'export',
      label: t('copies.capsule.export'),
      icon: PackageOpen,
      disabled: off || states.length === 0,
      run: () => view.open({ kind: 'exportCapsule', envName: env.name, snapshotName: null }),
    },
    { id: 'line-0', separator: true },
    {
      id: 'add',
      label: t('machines.add'),
      icon: Plus,
      shortcut: 'A',
      disabled: off || env.over,
      run: () => view.open({ kind: 'addMachines', envName: env.name, draft: null }),
    },
    {
      id: 'change',
      label: t('machines.change'),
      icon: SlidersHorizontal,
      disabled: off || states.length === 0,
      run: () => view.open({ kind: 'changeMachines', envName: env.name, vmIds: null }),
    },
    {
      id: 'remove',
      label: t('machines.remove'),
      icon: ListX,
      disabled: off || states.length === 0,
      run: () => view.open({ kind: 'removeMachines', envName: env.name, vmIds: [] }),
    },
    {
      id: 'sshKey',
      label: t('setup.key'),
      icon: KeyRound,
      disabled: off,
      run: () => view.open({ kind: 'sshKey', envName: env.name }),
    },
    { id: 'line-1', separator: true },
    {
      id: 'start',
      label: t('envs.start'),
      icon: Play,
      disabled: off || env.over || !states.some(canStart),
      run: () => void envs.startEnv(env.name),
    },
    {
      id: 'stop',
      label: t('envs.stop'),
      icon: Square,
      disabled: off || !states.some(canStop),
      run: () => void envs.stopEnv(env.name),
    },
    { id: 'line-2', separator: true },
    {
      id: 'delete',
      label: t('envs.delete'),
      icon: Trash2,
      danger: true,
      disabled: off,
      run: () => view.open({ kind: 'deleteEnvs', names: [env.name] }),
    },
  ];
  return (
    <MenuButton
      label={t('envs.actionsOf', { name: env.name })}
      size={small ? 'small' : 'normal'}
      kind={small ? 'quiet' : 'normal'}
      entries={entries}
    />
  );
});
