// The rail's first page: all ENVs as cards or as a table, with filters and selection.
import { compareShallow, computed } from 'mobx';
import { observer } from 'mobx-react-lite';
import { useMemo, useRef, useState } from 'react';
import { NextFrame } from '../components/NextFrame.tsx';
import { useWords } from '../i18n/index.ts';
import { noFilter } from '../settings/kept-filter.ts';
import { useStores } from '../state/stores-context.ts';
import type { Stores } from '../state/stores.ts';
import { BoardBar } from './BoardBar.tsx';
import { BoardCards } from './BoardCards.tsx';
import { BoardGround } from './BoardGround.tsx';
import { BoardTable } from './BoardTable.tsx';
import { type BoardSight, matchesFilter } from './board-filter.ts';
import { type BoardSort, matchesWords, sortEnvs } from './board-list.ts';
import { EmptyBoard } from './EmptyBoard.tsx';
import { NoneShown } from './NoneShown.tsx';
import { useBoardKeys } from './use-board-keys.ts';

export const Board = observer(function Board() {
  const stores = useStores();
  const { envs, settings, link } = stores;
  const t = useWords();
  const [query, setQuery] = useState('');
  const [sort, setSort] = useState<BoardSort>({ column: 'name', descending: false });
  const search = useRef<HTMLInputElement>(null);
  const place = useRef<HTMLElement>(null);
  useBoardKeys(place, search);
  // Names, not ENVs: what changes in an ENV draws its card anew, and the board only if it comes, goes or gets another place.
  const list = useMemo(
    () => computed(() => shownNames(stores, query, sort), { equals: compareShallow }),
    [stores, query, sort],
  );
  const bar = <BoardBar query={query} onQuery={setQuery} inputRef={search} />;
  if (envs.count === 0 && link.state !== 'connecting') {
    // What is in the bin is found from the bar, also when nothing else is there.
    return (
      <>
        {envs.inBin.length > 0 && bar}
        <EmptyBoard />
      </>
    );
  }
  const shown = list.get();
  return (
    <section className="page board" aria-label={t('envs.board')} ref={place}>
      {bar}
      {shown.length === 0 && envs.count > 0 ? (
        <NoneShown
          query={query}
          onShowAll={() => {
            setQuery('');
            settings.filterBoard(noFilter);
          }}
        />
      ) : settings.boardView === 'cards' ? (
        <BoardCards names={shown} />
      ) : (
        <NextFrame>
          <BoardTable names={shown} sort={sort} onSort={setSort} />
          <BoardGround />
        </NextFrame>
      )}
    </section>
  );
});

type Sources = Pick<Stores, 'envs' | 'vms' | 'clock' | 'settings' | 'me' | 'idle'>;

/** In the order in which the board shows them. */
function shownNames({ envs, vms, clock, settings, me, idle }: Sources, query: string, sort: BoardSort): string[] {
  const { boardFilter } = settings;
  const sight: BoardSight = {
    vmsOf: vms.ofEnv,
    isMine: (env) => me.me?.name === env.owner,
    isIdle: (envName) => idle.isIdle(envName),
    now: () => clock.now,
  };
  const shown = envs.all.filter((env) => matchesWords(env, vms.ofEnv, query) && matchesFilter(env, boardFilter, sight));
  return sortEnvs(shown, sort).map(({ name }) => name);
}
