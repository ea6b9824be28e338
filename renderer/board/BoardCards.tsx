// The board as cards: arrows move, Space selects, Enter opens; a card can be dragged to the shelf, a snapshot onto a card.
import { observer } from 'mobx-react-lite';
import { useMemo, useState } from 'react';
import { GridList, GridListItem } from 'react-aria-components';
import { useWords } from '../i18n/index.ts';
import { AutoFillLayout } from '../components/lists/AutoFillLayout.ts';
import { useItemSizes } from '../components/lists/ItemSizes.ts';
import { LongCollection } from '../components/lists/LongCollection.tsx';
import { SteadyItem } from '../components/lists/SteadyItem.tsx';
import { useIsLong } from '../components/lists/long-list.ts';
import { usePageKeys } from '../components/lists/use-page-keys.ts';
import { holdEnv } from '../snapshots/drag-grammar.ts';
import { useGrammarOfList } from '../snapshots/use-grammar.tsx';
import { useStores } from '../state/stores-context.ts';
import { EnvCard } from './EnvCard.tsx';

/** As `.cards` in board.css. */
const CARDS = { minWidth: 256, gap: 8, height: 112, stretch: true };

/** Between the cards and below them: what is dropped there makes a new ENV. */
const BOARD = { kind: 'board' } as const;

export const BoardCards = observer(function BoardCards({ names }: { names: readonly string[] }) {
  const { view, envs: store, drag } = useStores();
  const t = useWords();
  // The same for the same ENV, so that the list makes only those cards anew that come.
  const items = useMemo(() => store.items.refsOf(names), [store, names]);
  const isLong = useIsLong(names.length);
  const [layout] = useState(() => new AutoFillLayout());
  const sizes = useItemSizes(layout);
  const pageKeys = usePageKeys(layout, 'cards', isLong);
  const find = (key: string | number) => store.get(String(key)) ?? null;
  const dragAndDropHooks = useGrammarOfList({
    heldOf: (key) => {
      const env = find(key);
      return env && holdEnv(env);
    },
    targetOf: (key) => ({ kind: 'env', envName: String(key) }),
    root: BOARD,
  });
  return (
    <LongCollection isLong={isLong} layout={layout} layoutOptions={CARDS}>
      <GridList
        {...pageKeys}
        aria-label={t('envs.board')}
        data-long={isLong || undefined}
        data-valid-target={drag.verbFor(BOARD) !== null || undefined}
        layout="grid"
        items={items}
        selectionMode="multiple"
        selectedKeys={view.selected}
        onSelectionChange={(keys) => view.select(keys === 'all' ? names : [...keys].map(String))}
        onAction={(key) => view.goToEnv(String(key))}
        disallowTypeAhead
        dragAndDropHooks={dragAndDropHooks}
      >
        {({ id }) => (
          <GridListItem {...(isLong && { ref: sizes.refOf(id) })} id={id} textValue={id} className="card">
            <SteadyItem>
              <EnvCard envName={id} />
            </SteadyItem>
          </GridListItem>
        )}
      </GridList>
    </LongCollection>
  );
});
