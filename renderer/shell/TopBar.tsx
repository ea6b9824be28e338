// Above the content: what the window is connected to, search or command (Ctrl-K), New ENV.
import { Plug, Search } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { Button as AriaButton } from 'react-aria-components';
import { Kbd } from '../components/Kbd.tsx';
import { PlaceMenu } from '../connections/PlaceMenu.tsx';
import { NewEnvButton } from '../new-env/NewEnvButton.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';

export const TopBar = observer(function TopBar() {
  const { view, hosts, connections } = useStores();
  const t = useWords();
  const place = hosts.first?.name ?? '';
  return (
    <header className="top-bar">
      {connections ? (
        <PlaceMenu />
      ) : (
        <span className="place">
          {place !== '' && (
            <>
              <Plug aria-hidden className="icon" />
              <span className="ellipsis" title={place}>
                {place}
              </span>
            </>
          )}
        </span>
      )}
      <AriaButton className="palette-button" onPress={() => view.open({ kind: 'palette' })}>
        <Search aria-hidden className="icon" />
        <span className="ellipsis" title={t('shell.search')}>
          {t('shell.search')}
        </span>
        <Kbd keys="Ctrl-K" />
      </AriaButton>
      <span className="top-bar-end">
        <NewEnvButton />
      </span>
    </header>
  );
});
