// Everything a person can do to one machine.
import type { Vm } from '@tt/protocol';
import {
  Camera,
  Columns2,
  CopyPlus,
  HardDrive,
  Info,
  Monitor,
  Play,
  RotateCcw,
  Shuffle,
  StepForward,
  SlidersHorizontal,
  Square,
  SquareTerminal,
  Trash2,
} from 'lucide-react';
import { type Action, firstReason } from '../components/action.ts';
import { filesAction, pushAction } from '../guest-files/actions.ts';
import type { Translate } from '../i18n/index.ts';
import { someNames } from '../i18n/some-names.ts';
import type { CallName } from '../state/rights-store.ts';
import type { Stores } from '../state/stores.ts';
import { shortVmName } from '../state/vm-name.ts';
import { canStart, canStop } from './vm-store.ts';

export type VmActionId =
  | 'console'
  | 'panes'
  | 'shell'
  | 'snapshot'
  | 'details'
  | 'change'
  | 'disks'
  | 'files'
  | 'push'
  | 'clone'
  | 'publish'
  | 'start'
  | 'startOnOtherPorts'
  | 'resume'
  | 'stop'
  | 'reset'
  | 'delete';

/** The call that each leads to; null: it only shows what is known. */
const calls: Readonly<Record<VmActionId, CallName | null>> = {
  console: 'console.open',
  panes: 'console.open',
  shell: 'console.openShell',
  snapshot: 'snapshot.create',
  details: null,
  change: 'vm.update',
  disks: null,
  files: 'guestFile.list',
  push: 'guestFile.put',
  clone: 'vm.clone',
  publish: 'image.publish',
  start: 'vm.start',
  startOnOtherPorts: 'vm.update',
  resume: 'vm.resume',
  stop: 'vm.stop',
  reset: 'vm.reset',
  delete: 'vm.delete',
};

export function vmActions(stores: Stores, vm: Vm, t: Translate): Record<VmActionId, Action> {
  const { vms, view, link } = stores;
  const { envName, id: vmId, state } = vm;
  const linkDown = !link.up;
  const unsettled = state === 'creating' || state === 'deleting';
  const expired = stores.envs.get(envName)?.expired ?? false;
  const saving = stores.operations.isSaving(envName);
  const online = firstReason({ saving, linkDown });
  return stores.rights.on(calls, {
    console: {
      id: 'console',
      label: t('envs.console'),
      icon: Monitor,
      shortcut: 'C',
      whyNot: null,
      run: () => view.go({ page: 'console', envName, vmId }),
    },
    panes: {
      id: 'panes',
      label: t('panes.open'),
      icon: Columns2,
      whyNot: null,
      run: () => {
        if (stores.panes.open(vmId, envName, 'screen')) view.go({ page: 'panes' });
        else stores.toasts.explain(t('panes.full'));
      },
    },
    shell: {
      id: 'shell',
      label: t('machines.shell'),
      icon: SquareTerminal,
      shortcut: 'T',
      whyNot: firstReason({ guestHelperOff: vm.spec.guestHelper === 'off' }),
      run: () => view.go({ page: 'console', envName, vmId, tab: 'shell' }),
    },
    snapshot: {
      id: 'snapshot',
      label: t('envs.snapshot'),
      icon: Camera,
      shortcut: 'S',
      whyNot: online,
      run: () => view.open({ kind: 'takeSnapshot', envName, vmId }),
    },
    details: {
      id: 'details',
      label: t('machines.details'),
      icon: Info,
      shortcut: 'I',
      whyNot: null,
      run: () => view.open({ kind: 'vmDetails', vmId }),
    },
    change: {
      id: 'change',
      label: t('machines.changeOne'),
      icon: SlidersHorizontal,
      shortcut: 'E',
      whyNot: online,
      run: () => view.open({ kind: 'changeMachines', envName, vmIds: [vmId] }),
    },
    disks: {
      id: 'disks',
      label: t('disks.open'),
      icon: HardDrive,
      shortcut: 'D',
      whyNot: null,
      run: () => view.open({ kind: 'disks', vmId }),
    },
    files: filesAction(stores, vm, t),
    push: pushAction(stores, { envName, vmId, folder: null }, t),
    clone: {
      id: 'clone',
      label: t('copies.cloneVm'),
      icon: CopyPlus,
      whyNot: firstReason({ expired, unsettled, saving, linkDown }),
      run: () => void cloneVm(stores, vm, t),
    },
    publish: {
      id: 'publish',
      label: t('images.publishOpen'),
      icon: HardDrive,
      whyNot: online,
      run: () => view.open({ kind: 'publishImage', vmId, snapshotName: null }),
    },
    start: {
      id: 'start',
      label: t('envs.start'),
      icon: Play,
      whyNot: firstReason({ expired, unsettled, alreadyRuns: !canStart(state), saving, linkDown }),
      run: () => void vms.startVm(vmId),
    },
    startOnOtherPorts: {
      id: 'startOnOtherPorts',
      label: t('machines.startOnOtherPorts'),
      icon: Shuffle,
      whyNot: firstReason({ expired, unsettled, alreadyRuns: !canStart(state), saving, linkDown }),
      run: () => void vms.startOnOtherPorts(vmId),
    },
    resume: {
      id: 'resume',
      label: t('envs.resume'),
      icon: StepForward,
      whyNot: firstReason({ unsettled, notPaused: state !== 'paused', saving, linkDown }),
      run: () => void vms.resumeVm(vmId),
    },
    stop: {
      id: 'stop',
      label: t('envs.stop'),
      icon: Square,
      whyNot: firstReason({ unsettled, notRunning: !canStop(state), saving, linkDown }),
      run: () => void vms.stopVm(vmId),
    },
    reset: {
      id: 'reset',
      label: t('envs.reset'),
      icon: RotateCcw,
      whyNot: firstReason({ unsettled, notRunning: state !== 'running', saving, linkDown }),
      run: () => void vms.resetVm(vmId),
    },
    delete: {
      id: 'delete',
      label: t('envs.delete'),
      icon: Trash2,
      shortcut: 'Delete',
      danger: true,
      whyNot: online,
      run: () => view.open({ kind: 'deleteVm', vmId }),
    },
  });
}

async function cloneVm({ copies, toasts }: Stores, vm: Vm, t: Translate): Promise<void> {
  const outcome = await copies.cloneVm(vm);
  if (!outcome.ok) return;
  const names = someNames(
    outcome.value.vms.map(({ name }) => shortVmName(name)),
    t,
  );
  toasts.say(t('copies.vmCloned', { vm: shortVmName(vm.name), vms: names }));
}
