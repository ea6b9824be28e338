// The machines of an ENV as tiles: arrows move, Enter or double-click opens the console; tiles are taken and dropped on.
import type { Env } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { type KeyboardEvent, useMemo, useState } from 'react';
import { GridList, GridListItem } from 'react-aria-components';
import { actionOfKey, runIfAllowed } from '../components/action.ts';
import { EmptyState } from '../components/EmptyState.tsx';
import { useWords } from '../i18n/index.ts';
import { AutoFillLayout } from '../components/lists/AutoFillLayout.ts';
import { LongCollection } from '../components/lists/LongCollection.tsx';
import { useIsLong } from '../components/lists/long-list.ts';
import { usePageKeys } from '../components/lists/use-page-keys.ts';
import { holdVm } from '../snapshots/drag-grammar.ts';
import { useGrammarOfList } from '../snapshots/use-grammar.tsx';
import { useStores } from '../state/stores-context.ts';
import { vmActions } from '../machines/actions.ts';
import { MachineTile } from '../machines/MachineTile.tsx';
import { MachineTools } from './MachineTools.tsx';
import { shortVmName } from '../state/vm-name.ts';

/** As `.tiles` in env-page.css. */
const TILES = { minWidth: 264, gap: 12, height: 300 };

export const MachineTiles = observer(function MachineTiles({ env }: { env: Env }) {
  const stores = useStores();
  const { vms: store, link, toasts } = stores;
  const explain = (text: string) => toasts.explain(text);
  const t = useWords();
  const [selected, setSelected] = useState<Set<string | number>>(new Set());
  // Ids, not machines: what changes in a machine draws its tile anew, and nothing else.
  const vmIds = store.idsOfEnv(env.name);
  const items = useMemo(() => vmIds.map((id) => ({ id })), [vmIds]);
  const isLong = useIsLong(vmIds.length);
  const [layout] = useState(() => new AutoFillLayout());
  const pageKeys = usePageKeys(layout, 'tiles', isLong);
  const targetOf = (key: string | number) => {
    const vm = store.get(String(key));
    return vm ? holdVm(vm) : null;
  };
  const dragAndDropHooks = useGrammarOfList({ heldOf: (key) => (link.up ? targetOf(key) : null), targetOf });
  if (vmIds.length === 0) {
    return (
      <EmptyState title={env.state === 'creating' ? t('envs.creating') : t('envs.noMachinesTitle')}>
        {env.state !== 'creating' && (
          <>
            <p className="muted">{t('envs.noMachinesText')}</p>
            <MachineTools env={env} selected={[]} />
          </>
        )}
      </EmptyState>
    );
  }
  const openConsole = (vmId: string) => {
    const vm = store.get(vmId);
    if (vm) runIfAllowed(vmActions(stores, vm, t).console, explain);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const target = event.target as HTMLElement;
    const vmId = target.getAttribute('data-key');
    const vm = vmId === null ? undefined : store.get(vmId);
    if (!vm || event.ctrlKey || event.metaKey || event.altKey) return;
    const action = actionOfKey(vmActions(stores, vm, t), event.key);
    if (!action) return;
    // Even where it can't be done now, the key means this machine, not the ENV around it.
    event.preventDefault();
    event.stopPropagation();
    runIfAllowed(action, explain);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys bubble up from the tiles, which have the focus
    <div onKeyDown={onKeyDown}>
      <MachineTools env={env} selected={[...selected].map(String).filter((vmId) => store.items.has(vmId))} />
      <LongCollection isLong={isLong} layout={layout} layoutOptions={TILES} shouldObserveItemSize>
        <GridList
          {...pageKeys}
          aria-label={t('envs.tabs.machines')}
          data-long={isLong || undefined}
          layout="grid"
          items={items}
          selectionMode="single"
          selectionBehavior="replace"
          selectedKeys={selected}
          onSelectionChange={(keys) => setSelected(keys === 'all' ? new Set() : new Set(keys))}
          disallowTypeAhead
          onAction={(key) => openConsole(String(key))}
          dragAndDropHooks={dragAndDropHooks}
        >
          {({ id }) => (
            <GridListItem id={id} textValue={shortVmName(store.get(id)?.name ?? id)} className="tile">
              <MachineTile vmId={id} />
            </GridListItem>
          )}
        </GridList>
      </LongCollection>
    </div>
  );
});
