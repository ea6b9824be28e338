// Everything a person can do to several machines of one ENV at once: to those that allow it, said by the first where none does.
import type { Vm } from '@tt/protocol';
import { SquareTerminal } from 'lucide-react';
import { type Action, firstReason } from '../components/action.ts';
import type { Translate } from '../i18n/index.ts';
import type { CallName } from '../state/rights-store.ts';
import type { Stores } from '../state/stores.ts';
import { powerReasons, vmActions } from './actions.ts';

export type VmsActionId = 'start' | 'stop' | 'pause' | 'resume' | 'snapshot' | 'run' | 'change' | 'delete';

/** The call that each leads to. */
const calls: Readonly<Record<VmsActionId, CallName>> = {
  start: 'env.start',
  stop: 'env.stop',
  pause: 'vm.pause',
  resume: 'vm.resume',
  snapshot: 'snapshot.create',
  run: 'run.start',
  change: 'env.update',
  delete: 'env.removeVms',
};

/** The selected machines of an ENV that are still there, in the order of their names. */
export function chosenVms({ view, vms }: Pick<Stores, 'view' | 'vms'>, envName: string): Vm[] {
  const { selectedVms } = view;
  return selectedVms.size === 0 ? [] : vms.ofEnv(envName).filter(({ id }) => selectedVms.has(id));
}

/** null: no machine is meant. */
export function vmsActions(stores: Stores, chosen: readonly Vm[], t: Translate): Record<VmsActionId, Action> | null {
  const { vms, view, runs, operations, link, rights } = stores;
  const [first] = chosen;
  if (!first) return null;
  const can = vmActions(stores, first, t);
  const { envName } = first;
  const vmIds = chosen.map(({ id }) => id);
  // They are of one ENV, so those in the same state have the same reasons: of a thousand machines a few states are asked about.
  const reasonsIn = [...new Set(chosen.map(({ state }) => state))].map((state) => ({
    state,
    whyNot: powerReasons(stores, { envName, state }),
  }));
  const toAll = (id: 'start' | 'stop' | 'pause' | 'resume', work: (vmIds: string[]) => Promise<void>): Action => {
    const allowed = new Set(reasonsIn.filter(({ whyNot }) => whyNot[id] === null).map(({ state }) => state));
    return {
      ...can[id],
      whyNot: allowed.size > 0 ? null : can[id].whyNot,
      run: () => void work(chosen.filter(({ state }) => allowed.has(state)).map(({ id: vmId }) => vmId)),
    };
  };
  const whole = firstReason({ saving: operations.isSaving(envName), linkDown: !link.up });
  return rights.on(calls, {
    start: toAll('start', (ids) => vms.startVms(envName, ids)),
    stop: toAll('stop', (ids) => vms.stopVms(envName, ids)),
    pause: toAll('pause', (ids) => vms.pauseVms(ids)),
    resume: toAll('resume', (ids) => vms.resumeVms(ids)),
    snapshot: {
      ...can.snapshot,
      run: () => view.open({ kind: 'takeSnapshot', envName, vmId: null, vmIds }),
    },
    run: {
      id: 'run',
      label: t('machines.run'),
      icon: SquareTerminal,
      whyNot: link.whyNot,
      run: () => {
        runs.wantCommand(true, vmIds);
        view.goToEnv(envName, 'run');
      },
    },
    change: {
      ...can.change,
      run: () => view.open({ kind: 'changeMachines', envName, vmIds }),
    },
    // The dialog names them before anything is deleted.
    delete: {
      ...can.delete,
      whyNot: whole,
      run: () => view.open({ kind: 'removeMachines', envName, vmIds }),
    },
  });
}

/** In the order of a menu, with lines between the groups. */
export function groupsOfVms(can: Record<VmsActionId, Action>): Action[][] {
  return [[can.snapshot, can.run, can.change], [can.start, can.pause, can.resume, can.stop], [can.delete]];
}
