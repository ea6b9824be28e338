// At the top of the desktop's window: which connection it shows, and a menu to show, add and manage others.
import { ChevronDown, Settings2 } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { Button as AriaButton, MenuTrigger, Popover } from 'react-aria-components';
import { MenuEntries, toMenu } from '../components/Menu.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { addConnectionAction, showConnectionActions } from './actions.ts';
import { ConnectionMark } from './ConnectionMark.tsx';
import { connectionName } from './connection-words.ts';

export const PlaceMenu = observer(function PlaceMenu() {
  const stores = useStores();
  const t = useWords();
  const shown = stores.connections?.shown;
  if (!shown) return null;
  const add = addConnectionAction(stores, t);
  const manage = {
    id: 'manage',
    label: t('connections.manage'),
    icon: Settings2,
    whyNot: null,
    run: () => stores.view.go({ page: 'settings' }),
  };
  return (
    <MenuTrigger>
      <AriaButton className="place place-button" aria-label={t('connections.menu', { name: connectionName(shown, t) })}>
        <ConnectionMark color={shown.color} />
        <span className="ellipsis">{connectionName(shown, t)}</span>
        <ChevronDown aria-hidden className="icon" />
      </AriaButton>
      <Popover className="popover menu-popover" placement="bottom start">
        <MenuEntries
          label={t('connections.title')}
          entries={toMenu([showConnectionActions(stores, t), [...(add ? [add] : []), manage]])}
        />
      </Popover>
    </MenuTrigger>
  );
});
