// The power of a machine in the tools of its console, for who watches it go: what can be done in its state now.
import type { Vm } from '@tt/protocol';
import { Power } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { MenuButton } from '../components/Menu.tsx';
import { useWords } from '../i18n/index.ts';
import { vmActions } from '../machines/actions.ts';
import { canStart } from '../machines/vm-store.ts';
import { useStores } from '../state/stores-context.ts';

export const ConsolePower = observer(function ConsolePower({ vm }: { vm: Vm }) {
  const stores = useStores();
  const t = useWords();
  const entries = () => {
    const { start, pause, resume, stop, reset } = vmActions(stores, vm, t);
    if (canStart(vm.state)) return [start];
    return [vm.state === 'paused' ? resume : pause, stop, reset];
  };
  return <MenuButton label={t('consoles.power')} icon={Power} entries={entries} />;
});
