// What can be done with the ENVs that are selected on the board; nothing is drawn when none is.
import { Play, Square, Trash2 } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { Group } from 'react-aria-components';
import { Button } from '../components/Button.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';

export const SelectionBar = observer(function SelectionBar() {
  const { view, envs, link } = useStores();
  const t = useWords();
  const names = [...view.selected].filter((name) => envs.items.has(name));
  if (names.length === 0) return null;
  const label = t('envs.selected', { count: names.length });
  const off = !link.up;
  return (
    <Group className="selection-bar" aria-label={label}>
      <span className="muted number">{label}</span>
      <Button
        size="small"
        icon={Play}
        isDisabled={off}
        onPress={() => void Promise.all(names.map((name) => envs.startEnv(name)))}
      >
        {t('envs.start')}
      </Button>
      <Button
        size="small"
        icon={Square}
        isDisabled={off}
        onPress={() => void Promise.all(names.map((name) => envs.stopEnv(name)))}
      >
        {t('envs.stop')}
      </Button>
      <Button size="small" icon={Trash2} isDisabled={off} onPress={() => view.open({ kind: 'deleteEnvs', names })}>
        {t('envs.delete')}
      </Button>
    </Group>
  );
});
