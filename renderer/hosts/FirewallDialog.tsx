// For administrators: the firewall's rules in force as text, to read and copy. Asked for each time it is opened.
import { type TtError, toErrorRecord } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { useEffect, useState } from 'react';
import { Dialog } from '../components/Dialog.tsx';
import { CloseFoot } from '../components/DialogFoot.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { useWords } from '../i18n/index.ts';
import type { FirewallText } from './host-store.ts';
import { asTtError } from '../activity/operation-store.ts';
import { useStores } from '../state/stores-context.ts';

export const FirewallDialog = observer(function FirewallDialog() {
  const { hosts, view } = useStores();
  const t = useWords();
  const [drivers, setDrivers] = useState<FirewallText['drivers'] | null>(null);
  const [error, setError] = useState<TtError | null>(null);
  useEffect(() => {
    let isOpen = true;
    hosts.firewall().then(
      (answer) => isOpen && setDrivers(answer.drivers),
      (failed: unknown) => isOpen && setError(asTtError(failed)),
    );
    return () => {
      isOpen = false;
    };
  }, [hosts]);
  return (
    <Dialog
      title={t('hosts.firewallTitle', { host: hosts.first?.name ?? '' })}
      width="large"
      onClose={() => view.close()}
      foot={<CloseFoot onClose={() => view.close()} />}
    >
      <p className="muted">{t('hosts.firewallText')}</p>
      {!drivers && !error && <p role="status">{t('common.loading')}</p>}
      {error && <ErrorNotice error={toErrorRecord(error)} />}
      {drivers?.map(({ name, text }) => (
        <section key={name} className="rules" aria-label={t('hosts.firewallRules', { driver: name })}>
          <h3 className="mono">{name}</h3>
          {text.trim() === '' ? (
            <p className="muted">{t('hosts.firewallEmpty')}</p>
          ) : (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
            <pre className="rules-text" tabIndex={0}>
              {text}
            </pre>
          )}
        </section>
      ))}
    </Dialog>
  );
});
