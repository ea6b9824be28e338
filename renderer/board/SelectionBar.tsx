// What can be done with the ENVs that are selected on the board; nothing is drawn when none is.
import { observer } from 'mobx-react-lite';
import { Group } from 'react-aria-components';
import { ActionButton } from '../components/ActionButton.tsx';
import { envsActions } from '../env/actions.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';

export const SelectionBar = observer(function SelectionBar() {
  const stores = useStores();
  const { view, envs } = stores;
  const t = useWords();
  const selected = [...view.selected].flatMap((name) => envs.get(name) ?? []);
  const can = envsActions(stores, selected, t);
  if (!can) return null;
  const label = t('envs.selected', { count: selected.length });
  return (
    <Group className="selection-bar" aria-label={label}>
      <span className="muted number">{label}</span>
      <ActionButton size="small" action={can.extend} />
      <ActionButton size="small" action={can.snapshot} />
      <ActionButton size="small" action={can.start} />
      <ActionButton size="small" action={can.stop} />
      <ActionButton size="small" action={can.delete} />
    </Group>
  );
});
