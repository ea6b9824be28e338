// What a person can do with files of guests: push files into one machine or all of an ENV, look at the files of a machine.
import type { Vm, VmState } from '@tt/protocol';
import { FolderOpen, FolderUp } from 'lucide-react';
import type { DropItem } from 'react-aria-components';
import { type Action, firstReason, type WhyNot } from '../components/action.ts';
import type { Translate } from '../i18n/index.ts';
import type { Stores } from '../state/stores.ts';
import type { PushTarget } from './push-draft.ts';

export type PushStores = Pick<Stores, 'vms' | 'link' | 'pushes' | 'rights'>;

/** Machines that files can go to now. */
export function pushable({ vms }: Pick<Stores, 'vms'>, { envName, vmId }: Pick<PushTarget, 'envName' | 'vmId'>): Vm[] {
  const all = vmId === null ? vms.ofEnv(envName) : [vms.get(vmId)].filter((vm) => vm !== undefined);
  return all.filter(({ state }) => whyNoFiles(state) === null);
}

/** `items`: what was dropped; null: it is chosen in the dialog. */
export function pushAction(
  stores: PushStores,
  target: PushTarget,
  t: Translate,
  items: readonly DropItem[] | null = null,
): Action {
  return stores.rights.before('guestFile.put', {
    id: 'push',
    label: t('guestFiles.push'),
    icon: FolderUp,
    shortcut: 'P',
    whyNot: whyNoPush(stores, target),
    run: () => {
      const draft = stores.pushes.draft(target);
      if (items) void draft.drop(items);
    },
  });
}

export function filesAction(
  { link, view, rights }: Pick<Stores, 'link' | 'view' | 'rights'>,
  vm: Vm,
  t: Translate,
): Action {
  const { envName, id: vmId } = vm;
  return rights.before('guestFile.list', {
    id: 'files',
    label: t('guestFiles.open'),
    icon: FolderOpen,
    shortcut: 'F',
    whyNot: whyNoFiles(vm.state) ?? link.whyNot,
    run: () => view.go({ page: 'files', envName, vmId, path: '/' }),
  });
}

function whyNoPush({ vms, link }: PushStores, { envName, vmId }: PushTarget): WhyNot | null {
  const states =
    vmId === null ? vms.statesOfEnv(envName) : [vms.get(vmId)?.state].filter((state) => state !== undefined);
  const reasons = states.map(whyNoFiles);
  if (reasons.includes(null)) return link.whyNot;
  return reasons[0] ?? 'noMachines';
}

/** Why no files can be passed to or from it now. */
function whyNoFiles(state: VmState): WhyNot | null {
  return firstReason({
    unsettled: state === 'creating' || state === 'deleting',
    notRunning: state !== 'running',
  });
}
