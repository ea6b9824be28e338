// The rail's first page: all ENVs as cards or as a table, with filters and selection.
import { observer } from 'mobx-react-lite';
import { useRef, useState } from 'react';
import { useWords } from '../i18n/index.ts';
import { noFilter } from '../settings/kept-filter.ts';
import { useStores } from '../state/stores-context.ts';
import { BoardBar } from './BoardBar.tsx';
import { BoardCards } from './BoardCards.tsx';
import { BoardGround } from './BoardGround.tsx';
import { BoardTable } from './BoardTable.tsx';
import { type BoardSight, matchesFilter } from './board-filter.ts';
import { matchesWords, sortEnvs } from './board-list.ts';
import { EmptyBoard } from './EmptyBoard.tsx';
import { NoneShown } from './NoneShown.tsx';
import { useBoardKeys } from './use-board-keys.ts';

export const Board = observer(function Board() {
  const { envs, vms, clock, settings, link, me, idle } = useStores();
  const t = useWords();
  const [query, setQuery] = useState('');
  const [sort, setSort] = useState({ column: 'name' as const, descending: false } as Parameters<typeof sortEnvs>[1]);
  const search = useRef<HTMLInputElement>(null);
  const place = useRef<HTMLElement>(null);
  useBoardKeys(place, search);
  const bar = <BoardBar query={query} onQuery={setQuery} inputRef={search} />;
  if (envs.all.length === 0 && link.state !== 'connecting') {
    // What is in the bin is found from the bar, also when nothing else is there.
    return (
      <>
        {envs.inBin.length > 0 && bar}
        <EmptyBoard />
      </>
    );
  }
  const { boardFilter } = settings;
  const sight: BoardSight = {
    vmsOf: vms.ofEnv,
    isMine: (env) => me.me?.name === env.owner,
    isIdle: (envName) => idle.isIdle(envName),
    now: () => clock.now,
  };
  const shown = sortEnvs(
    envs.all.filter((env) => matchesWords(env, vms.ofEnv, query) && matchesFilter(env, boardFilter, sight)),
    sort,
  );
  return (
    <section className="page board" aria-label={t('envs.board')} ref={place}>
      {bar}
      {shown.length === 0 && envs.all.length > 0 ? (
        <NoneShown
          query={query}
          onShowAll={() => {
            setQuery('');
            settings.filterBoard(noFilter);
          }}
        />
      ) : settings.boardView === 'cards' ? (
        <BoardCards envs={shown} />
      ) : (
        <>
          <BoardTable envs={shown} sort={sort} onSort={setSort} />
          <BoardGround />
        </>
      )}
    </section>
  );
});
