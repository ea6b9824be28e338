// Desktop: two cards. "Use this computer" starts the private agent; "Connect to a server" takes an address and a token.
import { Laptop, Server } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { type FormEvent, useState } from 'react';
import { Form } from 'react-aria-components';
import { firstReason } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { Field } from '../components/Field.tsx';
import { Spinner } from '../components/Spinner.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { ConnectionFailure } from './ConnectionFailure.tsx';

export const ConnectionCards = observer(function ConnectionCards() {
  const { session } = useStores();
  const t = useWords();
  const [url, setUrl] = useState('');
  const [token, setToken] = useState('');
  const { connection } = session;
  const starting = connection.kind === 'starting';
  // A join link brings its own code.
  const needsToken = !url.includes('#join=');
  const whyNot = firstReason({ busy: starting, incomplete: url.trim() === '' || (needsToken && token.trim() === '') });
  const connect = (event: FormEvent) => {
    event.preventDefault();
    if (whyNot !== null || session.busy) return;
    void session.connectServer(url, token);
  };
  return (
    <>
      <div className="welcome-cards">
        <section className="welcome-card" aria-label={t('onboarding.thisComputer')}>
          <Laptop aria-hidden className="welcome-icon" />
          <h2>{t('onboarding.thisComputer')}</h2>
          <p className="muted">{t('onboarding.thisComputerText')}</p>
          {starting && (
            <p className="welcome-progress" role="status">
              <Spinner /> {connection.detail}
            </p>
          )}
          <span className="spacer" />
          <Button
            kind="primary"
            autoFocus
            isBusy={session.busy || starting}
            onPress={() => void session.connectThisComputer()}
          >
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
            {needsToken && (
              <Field label={t('onboarding.token')} value={token} onChange={setToken} mono type="password" />
            )}
            <Button type="submit" isBusy={session.busy} whyNot={whyNot}>
              {t('onboarding.connect')}
            </Button>
          </Form>
        </section>
      </div>
      <ConnectionFailure onTrust={(fingerprint) => void session.connectServer(url, token, fingerprint)} />
    </>
  );
});
