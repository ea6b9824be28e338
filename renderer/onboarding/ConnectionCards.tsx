// Desktop: two cards. "Use this computer" starts the private agent; "Connect to a server" takes an address and a token.
import type { TtError } from '@tt/protocol';
import { Laptop, Server } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { type FormEvent, useState } from 'react';
import { Form } from 'react-aria-components';
import { firstReason } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { Field } from '../components/Field.tsx';
import { type ConnectionStore, PRIVATE_ID } from '../connections/connection-store.ts';
import { needsToken } from '../connections/new-server.ts';
import { useWords } from '../i18n/index.ts';
import { ConnectionFailure } from './ConnectionFailure.tsx';

export const ConnectionCards = observer(function ConnectionCards({ connections }: { connections: ConnectionStore }) {
  const t = useWords();
  const [url, setUrl] = useState('');
  const [token, setToken] = useState('');
  const [error, setError] = useState<TtError | null>(null);
  const isWithToken = needsToken(url);
  const whyNot = firstReason({ incomplete: url.trim() === '' || (isWithToken && token.trim() === '') });
  const add = async (fingerprint: string | null) => {
    if (whyNot !== null || connections.isBusy) return;
    setError(null);
    const server = {
      address: url.trim(),
      token: token.trim(),
      fingerprint,
      ssh: null,
      sshKeys: [],
      name: '',
      color: null,
    };
    const outcome = await connections.add(server);
    if (!outcome.ok) setError(outcome.error);
  };
  const start = async () => {
    setError(null);
    const outcome = await connections.use(PRIVATE_ID);
    if (!outcome.ok) setError(outcome.error);
  };
  const connect = (event: FormEvent) => {
    event.preventDefault();
    void add(null);
  };
  return (
    <>
      <div className="welcome-cards">
        <section className="welcome-card" aria-label={t('onboarding.thisComputer')}>
          <Laptop aria-hidden className="welcome-icon" />
          <h2>{t('onboarding.thisComputer')}</h2>
          <p className="muted">{t('onboarding.thisComputerText')}</p>
          <span className="spacer" />
          <Button kind="primary" autoFocus isBusy={connections.isBusy} onPress={() => void start()}>
            {t('onboarding.start')}
          </Button>
        </section>
        <section className="welcome-card" aria-label={t('onboarding.server')}>
          <Server aria-hidden className="welcome-icon" />
          <h2>{t('onboarding.server')}</h2>
          <p className="muted">{t('onboarding.serverText')}</p>
          <Form className="form" onSubmit={connect}>
            <Field
              label={t('onboarding.address')}
              placeholder={t('onboarding.addressHint')}
              value={url}
              onChange={setUrl}
              mono
            />
            {isWithToken && (
              <Field label={t('onboarding.token')} value={token} onChange={setToken} mono type="password" />
            )}
            <Button type="submit" isBusy={connections.isBusy} whyNot={whyNot}>
              {t('onboarding.connect')}
            </Button>
          </Form>
        </section>
      </div>
      <ConnectionFailure error={error} onTrust={(fingerprint) => void add(fingerprint)} />
    </>
  );
});
