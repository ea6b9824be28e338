// Opens the console of a machine inside the window (key C, Enter or double-click on its tile).
import type { Vm } from '@tt/protocol';
import { Monitor } from 'lucide-react';
import { Button } from '../components/Button.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';

export function ConsoleButton({ vm }: { vm: Vm }) {
  const { view } = useStores();
  const t = useWords();
  return (
    <Button
      size="small"
      kind="quiet"
      icon={Monitor}
      label={t('envs.console')}
      shortcut="C"
      onPress={() => view.go({ page: 'console', envName: vm.envName, vmId: vm.id })}
    />
  );
}
