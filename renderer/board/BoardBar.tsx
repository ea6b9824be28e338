// Above the board: filter words, filters, cards or table; and, in the place of the filters, what can be done with a selection.
import { observer } from 'mobx-react-lite';
import type { RefObject } from 'react';
import { ActionButton } from '../components/ActionButton.tsx';
import { Choice } from '../components/Choice.tsx';
import { SearchBox } from '../components/SearchBox.tsx';
import { showBinAction } from '../env/bin-actions.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { ImportCapsuleButton } from '../copies/ImportCapsuleButton.tsx';
import { BoardFilters } from './BoardFilters.tsx';
import { SelectionBar } from './SelectionBar.tsx';

export interface BoardBarProps {
  query: string;
  onQuery: (query: string) => void;
  inputRef: RefObject<HTMLInputElement | null>;
}

export const BoardBar = observer(function BoardBar({ query, onQuery, inputRef }: BoardBarProps) {
  const stores = useStores();
  const { settings, view } = stores;
  const t = useWords();
  const bin = showBinAction(stores, t);
  return (
    <div className="page-bar board-bar">
      <h1 className="visually-hidden">{t('envs.board')}</h1>
      <SearchBox
        label={t('envs.filter')}
        placeholder={t('envs.filter')}
        value={query}
        onChange={onQuery}
        shortcut="/"
        inputRef={inputRef}
      />
      {/* The board does not move when something is selected: its verbs take the place of the filters. */}
      <SelectionBar />
      <BoardFilters isFolded={view.selected.size > 0} />
      <span className="spacer" />
      {bin && <ActionButton kind="quiet" action={bin} />}
      <ImportCapsuleButton />
      <Choice
        label={t('envs.view')}
        value={settings.boardView}
        options={[
          { value: 'cards', label: t('envs.cards') },
          { value: 'table', label: t('envs.table') },
        ]}
        onChange={(value) => settings.showBoardAs(value)}
      />
    </div>
  );
});
