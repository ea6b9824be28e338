// Opens the console of a machine inside the window (key C, Enter or double-click on its tile).
import type { Vm } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { ActionButton } from '../components/ActionButton.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { vmActions } from './actions.ts';

export const ConsoleButton = observer(function ConsoleButton({ vm }: { vm: Vm }) {
  const { console } = vmActions(useStores(), vm, useWords());
  return <ActionButton size="small" kind="quiet" iconOnly action={console} />;
});
