// The machines of an ENV, as tiles or as a table: the same selection, keys and verbs in both. Arrows move, Enter or a double-click opens
// the console.
import type { Env } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { type KeyboardEvent, useEffect } from 'react';
import { type Action, actionOfKey, runIfAllowed } from '../components/action.ts';
import { EmptyState } from '../components/EmptyState.tsx';
import { NextFrame } from '../components/NextFrame.tsx';
import { useWords } from '../i18n/index.ts';
import { vmActions } from '../machines/actions.ts';
import { chosenVms, vmsActions } from '../machines/actions-of-many.ts';
import { useStores } from '../state/stores-context.ts';
import { MachineTable } from './MachineTable.tsx';
import { MachineTiles } from './MachineTiles.tsx';
import { MachineTools } from './MachineTools.tsx';

export const Machines = observer(function Machines({ env }: { env: Env }) {
  const stores = useStores();
  const { vms: store, view, settings, toasts } = stores;
  const t = useWords();
  // What is selected belongs to this page: nothing of another ENV, and nothing that was left, is acted on.
  useEffect(() => () => view.selectVms([]), [view]);
  if (store.idsOfEnv(env.name).length === 0) {
    return (
      <EmptyState title={env.state === 'creating' ? t('envs.creating') : t('envs.noMachinesTitle')}>
        {env.state !== 'creating' && (
          <>
            <p className="muted">{t('envs.noMachinesText')}</p>
            <MachineTools env={env} />
          </>
        )}
      </EmptyState>
    );
  }
  const explain = (text: string) => toasts.explain(text);
  const openConsole = (vmId: string) => {
    const vm = store.get(vmId);
    if (vm) runIfAllowed(vmActions(stores, vm, t).console, explain);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const target = event.target as HTMLElement;
    // In a table a cell may have the focus: then its row is meant. Not for what is in a tile or a cell, such as a button.
    const row = target.matches('[role="gridcell"], [role="rowheader"]') ? target.closest('[role="row"]') : target;
    const vm = store.get(row?.getAttribute('data-key') ?? '');
    if (!vm || event.ctrlKey || event.metaKey || event.altKey) return;
    // With one of several selected machines, a key means all of them, where that is possible.
    const chosen = chosenVms(stores, env.name);
    const ofAll = chosen.length > 1 && view.selectedVms.has(vm.id) ? vmsActions(stores, chosen, t) : null;
    const actions: Record<string, Action> = { ...vmActions(stores, vm, t), ...ofAll };
    const action = actionOfKey(actions, event.key);
    if (!action) return;
    // Even where it can't be done now, the key means this machine, not the ENV around it.
    event.preventDefault();
    event.stopPropagation();
    runIfAllowed(action, explain);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys bubble up from the machines, which have the focus
    <div className="machines" onKeyDown={onKeyDown}>
      <MachineTools env={env} />
      <NextFrame>
        {settings.machineView === 'tiles' ? (
          <MachineTiles env={env} onOpen={openConsole} />
        ) : (
          <MachineTable env={env} onOpen={openConsole} />
        )}
      </NextFrame>
    </div>
  );
});
