// Who looks at this machine, by initials, a pen on who types; its menu takes, lends and frees the keyboard. While the link is down
// nobody knows: then it says nothing.
import type { Vm } from '@tt/protocol';
import { Eye, Pencil } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { MenuButton } from '../components/Menu.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { Initials } from '../presence/Initials.tsx';
import { watchersOf, watchersText } from '../presence/presence.ts';
import { keyboardActions } from './actions.ts';

export const Watchers = observer(function Watchers({ vm }: { vm: Vm }) {
  const stores = useStores();
  const t = useWords();
  const { viewers } = vm;
  if (viewers === 0 || stores.link.isStale) return null;
  const watchers = watchersOf(vm);
  const holder = vm.presence?.keyboard?.userName ?? null;
  const people = watchers.length === 0 ? viewers : watchers.length;
  const label = [
    t('consoles.watching', { count: people }),
    ...(watchers.length > 0 ? [watchersText(watchers, t)] : []),
    ...(holder === null ? [] : [t('consoles.holder', { name: holder })]),
  ].join(': ');
  return (
    <span className="console-viewers">
      <Eye aria-hidden className="icon" />
      {watchers.length === 0 ? (
        <span>{t('consoles.watching', { count: people })}</span>
      ) : (
        <>
          <Initials vm={vm} />
          <MenuButton label={label} size="small" icon={Pencil} entries={keyboardActions(stores, vm, t)} />
        </>
      )}
    </span>
  );
});
