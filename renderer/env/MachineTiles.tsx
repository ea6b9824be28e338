// The machines of an ENV as tiles, which fill the page in one of three sizes; tiles are taken and dropped on.
import type { Env } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { useMemo, useState } from 'react';
import { GridList, GridListItem } from 'react-aria-components';
import { useWords } from '../i18n/index.ts';
import { AutoFillLayout, type AutoFillOptions } from '../components/lists/AutoFillLayout.ts';
import { useItemSizes } from '../components/lists/ItemSizes.ts';
import { LongCollection } from '../components/lists/LongCollection.tsx';
import { SteadyItem } from '../components/lists/SteadyItem.tsx';
import { useIsLong } from '../components/lists/long-list.ts';
import { useSlices } from '../components/lists/use-slices.ts';
import { usePageKeys } from '../components/lists/use-page-keys.ts';
import { holdVm } from '../snapshots/drag-grammar.ts';
import { useGrammarOfList } from '../snapshots/use-grammar.tsx';
import { useStores } from '../state/stores-context.ts';
import type { TileSize } from '../settings/settings-store.ts';
import { MachineTile } from '../machines/MachineTile.tsx';
import { shortVmName } from '../state/vm-name.ts';

/** As `.tiles` in env-page.css. */
const TILES: Readonly<Record<TileSize, AutoFillOptions>> = {
  S: { minWidth: 176, gap: 8, height: 160 },
  M: { minWidth: 264, gap: 12, height: 320 },
  L: { minWidth: 420, gap: 12, height: 420 },
};

export interface MachineTilesProps {
  env: Env;
  /** By Enter or a double-click. */
  onOpen: (vmId: string) => void;
}

export const MachineTiles = observer(function MachineTiles({ env, onOpen }: MachineTilesProps) {
  const { vms: store, link, view, settings } = useStores();
  const t = useWords();
  // Ids, not machines: what changes in a machine draws its tile anew, and nothing else.
  const vmIds = store.idsOfEnv(env.name);
  const items = useSlices(useMemo(() => store.items.refsOf(vmIds), [store, vmIds]));
  // While an ENV is made its machines come one after the other: a list that becomes long is made anew.
  const isLong = useIsLong(Math.max(vmIds.length, env.vmIds.length));
  const [layout] = useState(() => new AutoFillLayout());
  const sizes = useItemSizes(layout);
  const pageKeys = usePageKeys(layout, 'tiles', isLong);
  const targetOf = (key: string | number) => {
    const vm = store.get(String(key));
    return vm ? holdVm(vm) : null;
  };
  const dragAndDropHooks = useGrammarOfList({ heldOf: (key) => (link.up ? targetOf(key) : null), targetOf });
  return (
    <LongCollection isLong={isLong} layout={layout} layoutOptions={TILES[settings.tileSize]}>
      <GridList
        {...pageKeys}
        aria-label={t('envs.tabs.machines')}
        data-long={isLong || undefined}
        data-size={settings.tileSize}
        layout="grid"
        items={items}
        selectionMode="multiple"
        selectionBehavior="replace"
        selectedKeys={view.selectedVms}
        onSelectionChange={(keys) => view.selectVms(keys === 'all' ? vmIds : [...keys].map(String))}
        disallowTypeAhead
        onAction={(key) => onOpen(String(key))}
        dragAndDropHooks={dragAndDropHooks}
      >
        {({ id }) => (
          <GridListItem
            {...(isLong && { ref: sizes.refOf(id) })}
            id={id}
            textValue={shortVmName(store.get(id)?.name ?? id)}
            className="tile"
          >
            <SteadyItem>
              <MachineTile vmId={id} />
            </SteadyItem>
          </GridListItem>
        )}
      </GridList>
    </LongCollection>
  );
});
