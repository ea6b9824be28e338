// What the desktop does outside its windows. The tray has the same switches, but not every desktop has a tray.
import { observer } from 'mobx-react-lite';
import { useEffect } from 'react';
import { CheckField } from '../components/CheckField.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';

export const DesktopPanel = observer(function DesktopPanel() {
  const { desktop } = useStores();
  const t = useWords();
  useEffect(() => {
    if (!desktop) return;
    const load = () => desktop.load();
    load();
    // The tray may have changed it meanwhile.
    window.addEventListener('focus', load);
    return () => window.removeEventListener('focus', load);
  }, [desktop]);
  if (!desktop?.state) return null;
  const { notifies, keepsRunning } = desktop.state;
  return (
    <section className="panel form" aria-label={t('settings.desktop')}>
      <h2>{t('settings.desktop')}</h2>
      <CheckField
        label={t('settings.notify')}
        hint={t('settings.notifyHint')}
        value={notifies}
        onChange={(on) => desktop.ask({ do: 'notify', on })}
      />
      <CheckField
        label={t('settings.keepRunning')}
        hint={t('settings.keepRunningHint')}
        value={keepsRunning}
        onChange={(on) => desktop.ask({ do: 'keepRunning', on })}
      />
    </section>
  );
});
