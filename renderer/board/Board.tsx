// The rail's first page: all ENVs as cards or as a table, with filter, chips and selection.
import { observer } from 'mobx-react-lite';
import { useRef, useState } from 'react';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { BoardBar } from './BoardBar.tsx';
import { BoardCards } from './BoardCards.tsx';
import { BoardTable } from './BoardTable.tsx';
import { type BoardChip, matchesChip, matchesWords, sortEnvs } from './board-list.ts';
import { EmptyBoard } from './EmptyBoard.tsx';
import { NoneShown } from './NoneShown.tsx';
import { useBoardKeys } from './use-board-keys.ts';

export const Board = observer(function Board() {
  const { envs, vms, clock, settings, link } = useStores();
  const t = useWords();
  const [query, setQuery] = useState('');
  const [chip, setChip] = useState<BoardChip>('all');
  const [sort, setSort] = useState({ column: 'name' as const, descending: false } as Parameters<typeof sortEnvs>[1]);
  const search = useRef<HTMLInputElement>(null);
  const place = useRef<HTMLElement>(null);
  useBoardKeys(place, search);
  if (envs.all.length === 0 && link.state !== 'connecting') return <EmptyBoard />;
  const shown = sortEnvs(
    envs.all.filter(
      (env) => matchesWords(env, vms.ofEnv, query) && matchesChip(env, chip, chip === 'ending' ? clock.known : 0),
    ),
    sort,
  );
  return (
    <section className="page board" aria-label={t('envs.board')} ref={place}>
      <BoardBar query={query} onQuery={setQuery} chip={chip} onChip={setChip} inputRef={search} />
      {shown.length === 0 && envs.all.length > 0 ? (
        <NoneShown
          query={query}
          onShowAll={() => {
            setQuery('');
            setChip('all');
          }}
        />
      ) : settings.boardView === 'cards' ? (
        <BoardCards envs={shown} />
      ) : (
        <BoardTable envs={shown} sort={sort} onSort={setSort} />
      )}
    </section>
  );
});
