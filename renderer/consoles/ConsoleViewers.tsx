// How many look at a machine now. While the link is down nobody knows: then it says nothing.
import type { Vm } from '@tt/protocol';
import { Eye } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';

export const ConsoleViewers = observer(function ConsoleViewers({ vm }: { vm: Vm }) {
  const { link } = useStores();
  const t = useWords();
  if (vm.viewers === 0 || link.isStale) return null;
  return (
    <span className="console-viewers">
      <Eye aria-hidden className="icon" />
      {t('consoles.watching', { count: vm.viewers })}
    </span>
  );
});
