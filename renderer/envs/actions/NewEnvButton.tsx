// Opens the New ENV sheet (key N).
import { Plus } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { Button } from '../../components/Button.tsx';
import { useWords } from '../../i18n/index.ts';
import { useStores } from '../../state/stores-context.ts';

export const NewEnvButton = observer(function NewEnvButton() {
  const { view, link } = useStores();
  const t = useWords();
  return (
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
  );
});
