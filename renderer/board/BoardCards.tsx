// The board as cards: arrows move, Space selects, Enter opens; a card can be dragged to the shelf, a snapshot onto a card.
import type { Env } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { GridList, GridListItem } from 'react-aria-components';
import { useWords } from '../i18n/index.ts';
import { holdEnv } from '../snapshots/drag-grammar.ts';
import { useGrammarOfList } from '../snapshots/use-grammar.tsx';
import { useStores } from '../state/stores-context.ts';
import { EnvCard } from './EnvCard.tsx';

export const BoardCards = observer(function BoardCards({ envs }: { envs: Env[] }) {
  const { view, drag, envs: store } = useStores();
  const t = useWords();
  const find = (key: string | number) => store.get(String(key)) ?? null;
  const dragAndDropHooks = useGrammarOfList({
    heldOf: (key) => {
      const env = find(key);
      return env && holdEnv(env);
    },
    targetOf: (key) => ({ kind: 'env', envName: String(key) }),
    root: { kind: 'board' },
  });
  const validity = envs.map((env) => drag.verbFor({ kind: 'env', envName: env.name }) !== null);
  return (
    <GridList
      aria-label={t('envs.board')}
      className="cards"
      layout="grid"
      items={envs}
      selectionMode="multiple"
      selectedKeys={view.selected}
      onSelectionChange={(keys) => view.select(keys === 'all' ? envs.map(({ name }) => name) : [...keys].map(String))}
      onAction={(key) => view.goToEnv(String(key))}
      disallowTypeAhead
      dragAndDropHooks={dragAndDropHooks}
      dependencies={[validity.join()]}
    >
      {(env) => (
        <GridListItem
          id={env.name}
          textValue={env.name}
          className="card"
          data-state={env.state}
          data-valid-target={drag.verbFor({ kind: 'env', envName: env.name }) !== null || undefined}
        >
          <EnvCard env={env} />
        </GridListItem>
      )}
    </GridList>
  );
});
