// Opens the console of a machine inside the window (key C, Enter or double-click on its tile).
import type { Vm } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { Button } from '../components/Button.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { vmActions } from './actions.ts';

export const ConsoleButton = observer(function ConsoleButton({ vm }: { vm: Vm }) {
  const { console } = vmActions(useStores(), vm, useWords());
  return (
    <Button size="small" kind="quiet" icon={console.icon} label={console.label} shortcut="C" onPress={console.run} />
  );
});
