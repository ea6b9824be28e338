// Above the board: filter words, chips, cards or table; and what can be done with a selection.
import { observer } from 'mobx-react-lite';
import type { RefObject } from 'react';
import { Choice } from '../components/Choice.tsx';
import { SearchBox } from '../components/SearchBox.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { ImportCapsuleButton } from '../copies/ImportCapsuleButton.tsx';
import { type BoardChip, boardChips } from './board-list.ts';
import { SelectionBar } from './SelectionBar.tsx';

export interface BoardBarProps {
  query: string;
  onQuery: (query: string) => void;
  chip: BoardChip;
  onChip: (chip: BoardChip) => void;
  inputRef: RefObject<HTMLInputElement | null>;
}

export const BoardBar = observer(function BoardBar({ query, onQuery, chip, onChip, inputRef }: BoardBarProps) {
  const { settings } = useStores();
  const t = useWords();
  return (
    <div className="page-bar">
      <h1 className="visually-hidden">{t('envs.board')}</h1>
      <SearchBox
        label={t('envs.filter')}
        placeholder={t('envs.filter')}
        value={query}
        onChange={onQuery}
        shortcut="/"
        inputRef={inputRef}
      />
      <Choice
        label={t('envs.chipsLabel')}
        value={chip}
        options={boardChips.map((value) => ({ value, label: t(`envs.chips.${value}`) }))}
        onChange={onChip}
      />
      <span className="spacer" />
      <SelectionBar />
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
