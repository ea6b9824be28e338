// What is left of the board below its table: a snapshot dropped there is forked, as between the cards.
import { observer } from 'mobx-react-lite';
import { useRef } from 'react';
import { useWords } from '../i18n/index.ts';
import { useGrammarTarget } from '../snapshots/use-grammar.tsx';
import { useStores } from '../state/stores-context.ts';

export const BoardGround = observer(function BoardGround() {
  const { drag } = useStores();
  const t = useWords();
  const ref = useRef<HTMLDivElement>(null);
  const target = { kind: 'board' } as const;
  const { dropProps, isDropTarget } = useGrammarTarget(target, ref);
  const isValid = drag.verbFor(target) !== null;
  return (
    <div
      {...dropProps}
      ref={ref}
      tabIndex={-1}
      className="board-ground muted"
      data-drop-target={isDropTarget || undefined}
      data-valid-target={isValid || undefined}
    >
      {isValid && t('shell.newEnv')}
    </div>
  );
});
