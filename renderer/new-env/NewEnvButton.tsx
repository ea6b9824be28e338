// Opens the New ENV sheet (key N). A snapshot dropped on it is forked.
import { Plus } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { useRef } from 'react';
import { Button } from '../components/Button.tsx';
import { useWords } from '../i18n/index.ts';
import { useGrammarTarget } from '../snapshots/use-grammar.tsx';
import { useStores } from '../state/stores-context.ts';

export const NewEnvButton = observer(function NewEnvButton() {
  const { view, link, drag } = useStores();
  const t = useWords();
  const ref = useRef<HTMLSpanElement>(null);
  const target = { kind: 'board' } as const;
  const { dropProps, isDropTarget } = useGrammarTarget(target, ref);
  return (
    <span
      {...dropProps}
      ref={ref}
      className="drop-button"
      data-drop-target={isDropTarget || undefined}
      data-valid-target={drag.verbFor(target) !== null || undefined}
    >
      <Button
        kind="primary"
        icon={Plus}
        isDisabled={!link.up}
        label={t('shell.newEnv')}
        shortcut="N"
        onPress={() => view.open({ kind: 'newEnv', draft: null })}
      >
        {t('shell.newEnv')}
      </Button>
    </span>
  );
});
