// Everything a person can do to one machine.
import type { Snapshot, Vm } from '@tt/protocol';
import {
  BookUp,
  Camera,
  Columns2,
  CopyPlus,
  HardDrive,
  History,
  Info,
  Monitor,
  Pause,
  Play,
  Power,
  RotateCcw,
  Shuffle,
  StepForward,
  SlidersHorizontal,
  SquareTerminal,
  Trash2,
} from 'lucide-react';
import { type Action, firstReason, type WhyNot } from '../components/action.ts';
import { filesAction, pushAction } from '../guest-files/actions.ts';
import type { Translate } from '../i18n/index.ts';
import { someNames } from '../i18n/some-names.ts';
import { takeNow } from '../snapshots/take-now.ts';
import type { CallName } from '../state/rights-store.ts';
import type { Stores } from '../state/stores.ts';
import { shortVmName } from '../state/vm-name.ts';
import { canStart, canStop } from './vm-store.ts';

export type VmActionId =
  | 'console'
  | 'panes'
  | 'shell'
  | 'snapshot'
  | 'revert'
  | 'details'
  | 'change'
  | 'disks'
  | 'files'
  | 'push'
  | 'clone'
  | 'publish'
  | 'start'
  | 'startOnOtherPorts'
  | 'pause'
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
  revert: 'snapshot.revert',
  details: null,
  change: 'vm.update',
  disks: null,
  files: 'guestFile.list',
  push: 'guestFile.put',
  clone: 'vm.clone',
  publish: 'image.publish',
  start: 'vm.start',
  startOnOtherPorts: 'vm.update',
  pause: 'vm.pause',
  resume: 'vm.resume',
  stop: 'vm.stop',
  reset: 'vm.reset',
  delete: 'vm.delete',
};

/** Why its power can't be changed now: all that several machines need of each of them, of which there may be thousands. */
export function powerReasons(
  stores: Pick<Stores, 'envs' | 'operations' | 'link'>,
  { envName, state }: Pick<Vm, 'envName' | 'state'>,
): Record<'start' | 'pause' | 'resume' | 'stop', WhyNot | null> {
  const linkDown = !stores.link.up;
  const unsettled = state === 'creating' || state === 'deleting';
  const saving = stores.operations.isSaving(envName);
  const expired = stores.envs.get(envName)?.expired ?? false;
  return {
    start: firstReason({ expired, unsettled, alreadyRuns: !canStart(state), saving, linkDown }),
    pause: firstReason({ unsettled, notRunning: state !== 'running', saving, linkDown }),
    resume: firstReason({ unsettled, notPaused: state !== 'paused', saving, linkDown }),
    stop: firstReason({ unsettled, notRunning: !canStop(state), saving, linkDown }),
  };
}

export function vmActions(stores: Stores, vm: Vm, t: Translate): Record<VmActionId, Action> {
  const { vms, view, link } = stores;
  const { envName, id: vmId, state } = vm;
  const linkDown = !link.up;
  const unsettled = state === 'creating' || state === 'deleting';
  const expired = stores.envs.get(envName)?.expired ?? false;
  const saving = stores.operations.isSaving(envName);
  const online = firstReason({ saving, linkDown });
  const power = powerReasons(stores, vm);
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
      run: () => takeNow(stores, envName, vmId),
    },
    revert: {
      id: 'revert',
      // Named by its machine: an ENV is reverted by the same word.
      label: t('machines.revertOf', { vm: shortVmName(vm.name) }),
      icon: History,
      whyNot: firstReason({ noSnapshots: snapshotsOfVm(stores, vm).length === 0, unsettled, saving, linkDown }),
      run: () => view.open({ kind: 'revertVm', vmId }),
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
      icon: BookUp,
      whyNot: online,
      run: () => view.open({ kind: 'publishImage', vmId, snapshotName: null }),
    },
    start: {
      id: 'start',
      label: t('envs.start'),
      icon: Play,
      whyNot: power.start,
      run: () => void vms.startVm(vmId),
    },
    startOnOtherPorts: {
      id: 'startOnOtherPorts',
      label: t('machines.startOnOtherPorts'),
      icon: Shuffle,
      whyNot: power.start,
      run: () => void vms.startOnOtherPorts(vmId),
    },
    pause: {
      id: 'pause',
      label: t('machines.pause'),
      icon: Pause,
      whyNot: power.pause,
      run: () => void vms.pauseVm(vmId),
    },
    resume: {
      id: 'resume',
      label: t('envs.resume'),
      icon: StepForward,
      whyNot: power.resume,
      run: () => void vms.resumeVm(vmId),
    },
    stop: {
      id: 'stop',
      label: t('envs.stop'),
      icon: Power,
      whyNot: power.stop,
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

/** Snapshots that this machine is in and can be reverted to, newest first. */
export function snapshotsOfVm({ snapshots }: Pick<Stores, 'snapshots'>, { id, envName }: Vm): Snapshot[] {
  return snapshots
    .ofEnv(envName)
    .filter(({ vms }) => vms.some(({ vmId, removed }) => vmId === id && !removed))
    .toReversed();
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
