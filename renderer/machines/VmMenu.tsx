// All verbs of one machine in a menu.
import type { Vm } from '@tt/protocol';
import {
  Camera,
  CopyPlus,
  HardDrive,
  Info,
  Monitor,
  Play,
  RotateCcw,
  SlidersHorizontal,
  Square,
  Trash2,
} from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { MenuButton, type MenuEntry } from '../components/Menu.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { canStart, canStop, shortVmName } from './vm-store.ts';

export const VmMenu = observer(function VmMenu({ vm }: { vm: Vm }) {
  const { vms, envs, copies, toasts, view, link } = useStores();
  const t = useWords();
  const cloneVm = async () => {
    const outcome = await copies.cloneVm(vm);
    if (!outcome.ok) return;
    const names = outcome.value.vms.map(({ name }) => shortVmName(name)).join(', ');
    toasts.say(t('copies.vmCloned', { vm: shortVmName(vm.name), vms: names }));
  };
  const off = !link.up;
  const entries: MenuEntry[] = [
    {
      id: 'console',
      label: t('envs.console'),
      icon: Monitor,
      shortcut: 'C',
      run: () => view.go({ page: 'console', envName: vm.envName, vmId: vm.id }),
    },
    {
      id: 'snapshot',
      label: t('envs.snapshot'),
      icon: Camera,
      shortcut: 'S',
      disabled: off,
      run: () => view.open({ kind: 'takeSnapshot', envName: vm.envName, vmId: vm.id }),
    },
    {
      id: 'details',
      label: t('machines.details'),
      icon: Info,
      shortcut: 'I',
      run: () => view.open({ kind: 'vmDetails', vmId: vm.id }),
    },
    {
      id: 'change',
      label: t('machines.changeOne'),
      icon: SlidersHorizontal,
      shortcut: 'E',
      disabled: off,
      run: () => view.open({ kind: 'changeMachines', envName: vm.envName, vmIds: [vm.id] }),
    },
    {
      id: 'disks',
      label: t('disks.open'),
      icon: HardDrive,
      shortcut: 'D',
      run: () => view.open({ kind: 'disks', vmId: vm.id }),
    },
    {
      id: 'clone',
      label: t('copies.cloneVm'),
      icon: CopyPlus,
      disabled: off,
      run: () => void cloneVm(),
    },
    {
      id: 'publish',
      label: t('images.publishOpen'),
      icon: HardDrive,
      disabled: off,
      run: () => view.open({ kind: 'publishImage', vmId: vm.id, snapshotName: null }),
    },
    { id: 'line-1', separator: true },
    {
      id: 'start',
      label: t('envs.start'),
      icon: Play,
      disabled: off || !canStart(vm.state) || (envs.get(vm.envName)?.over ?? false),
      run: () => void vms.startVm(vm.id),
    },
    {
      id: 'stop',
      label: t('envs.stop'),
      icon: Square,
      disabled: off || !canStop(vm.state),
      run: () => void vms.stopVm(vm.id),
    },
    {
      id: 'reset',
      label: t('envs.reset'),
      icon: RotateCcw,
      disabled: off || vm.state !== 'running',
      run: () => void vms.resetVm(vm.id),
    },
    { id: 'line-2', separator: true },
    {
      id: 'delete',
      label: t('envs.delete'),
      icon: Trash2,
      danger: true,
      disabled: off,
      run: () => view.open({ kind: 'deleteVm', vmId: vm.id }),
    },
  ];
  return <MenuButton size="small" label={t('envs.actionsOf', { name: shortVmName(vm.name) })} entries={entries} />;
});
