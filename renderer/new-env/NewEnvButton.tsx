// Opens the New ENV sheet (key N). A snapshot dropped on it is forked.
import { observer } from 'mobx-react-lite';
import { useRef } from 'react';
import { ActionButton } from '../components/ActionButton.tsx';
import { newEnvAction } from '../env/actions.ts';
import { useWords } from '../i18n/index.ts';
import { useGrammarTarget } from '../snapshots/use-grammar.tsx';
import { useStores } from '../state/stores-context.ts';

export const NewEnvButton = observer(function NewEnvButton() {
  const stores = useStores();
  const { drag } = stores;
  const t = useWords();
  const ref = useRef<HTMLSpanElement>(null);
  const target = { kind: 'board' } as const;
  const { dropProps, isDropTarget } = useGrammarTarget(target, ref);
  return (
    <span
      {...dropProps}
      ref={ref}
      // The focus goes to what would take the drop.
      tabIndex={-1}
      className="drop-button"
      data-drop-target={isDropTarget || undefined}
      data-valid-target={drag.verbFor(target) !== null || undefined}
    >
      <ActionButton kind="primary" action={newEnvAction(stores, t)} />
    </span>
  );
});
