// Everything a person can do to one run.
import { hasSucceeded, type Run } from '@tt/protocol';
import { OctagonX, RotateCw, Trash2 } from 'lucide-react';
import { type Action, firstReason } from '../components/action.ts';
import type { Translate } from '../i18n/index.ts';
import type { Stores } from '../state/stores.ts';
import { againOn } from './run-draft.ts';

export type RunActionId = 'stop' | 'again' | 'againFailed' | 'delete';

/** The call that each leads to. */
const calls = { stop: 'run.cancel', again: 'run.start', againFailed: 'run.start', delete: 'run.delete' } as const;

export function runActions(stores: Stores, run: Run, t: Translate): Record<RunActionId, Action> {
  const { runs, vms, link } = stores;
  const { id, envName, state } = run;
  const linkDown = !link.up;
  const isRunning = state === 'running';
  const known = runs.vmsOf(id);
  const there = (known ?? []).filter(({ vmId }) => vms.get(vmId) !== undefined);
  const failed = there.filter((vm) => vm.endedAt !== null && !hasSucceeded(vm));
  const request = runs.requestOf(id);
  const unread = known === undefined;
  const notYours = !unread && request === undefined;
  const notKept = request !== undefined && request.environmentNames.length > 0;
  const scriptNotKept = request?.scriptBytes !== undefined;
  const againWith = (vmIds: readonly string[]) => async () => {
    const spec = againOn(envName, request, run, vmIds);
    const outcome = spec && (await runs.begin(spec));
    if (outcome && !outcome.ok) stores.toasts.fail(t('runs.notStarted', { env: envName }), outcome.error);
  };
  const again = againWith(there.map(({ vmId }) => vmId));
  const againFailed = againWith(failed.map(({ vmId }) => vmId));
  return stores.rights.on(calls, {
    stop: {
      id: 'stop',
      label: t('runs.stop'),
      icon: OctagonX,
      whyNot: firstReason({ notRunning: !isRunning, busy: runs.stopping.has(id), linkDown }),
      run: () => void runs.stop(id),
    },
    again: {
      id: 'again',
      label: t('runs.again'),
      icon: RotateCw,
      whyNot: firstReason({
        noMachines: !unread && there.length === 0,
        alreadyRuns: isRunning,
        notKept,
        scriptNotKept,
        notYours,
        busy: unread,
        linkDown,
      }),
      run: () => void again(),
    },
    againFailed: {
      id: 'againFailed',
      label: failed.length === 0 ? t('runs.againFailed') : t('runs.againFailedCount', { count: failed.length }),
      icon: RotateCw,
      whyNot: firstReason({
        alreadyRuns: isRunning,
        noneFailed: !unread && failed.length === 0,
        notKept,
        scriptNotKept,
        notYours,
        busy: unread,
        linkDown,
      }),
      run: () => void againFailed(),
    },
    delete: {
      id: 'delete',
      label: t('runs.delete'),
      icon: Trash2,
      danger: true,
      whyNot: link.whyNot,
      run: () => void runs.remove(id),
    },
  });
}
