// Desktop: two cards. "Use this computer" starts the private agent; "Connect to a server" takes an address and a token.
import { Laptop, Server } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { type FormEvent, useState } from 'react';
import { Form } from 'react-aria-components';
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
  const connect = (event: FormEvent) => {
    event.preventDefault();
    void session.connectServer(url, token);
  };
  return (
    <>
      <div className="welcome-cards">
        <section className="welcome-card" aria-label={t('firstMinute.thisComputer')}>
          <Laptop aria-hidden className="welcome-icon" />
          <h2>{t('firstMinute.thisComputer')}</h2>
          <p className="muted">{t('firstMinute.thisComputerText')}</p>
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
            {t('firstMinute.start')}
          </Button>
        </section>
        <section className="welcome-card" aria-label={t('firstMinute.server')}>
          <Server aria-hidden className="welcome-icon" />
          <h2>{t('firstMinute.server')}</h2>
          <p className="muted">{t('firstMinute.serverText')}</p>
          <Form className="form" onSubmit={connect}>
            <Field
              label={t('firstMinute.address')}
              placeholder={t('firstMinute.addressHint')}
              value={url}
              onChange={setUrl}
              mono
            />
            <Field label={t('firstMinute.token')} value={token} onChange={setToken} mono type="password" />
            <Button
              type="submit"
              isBusy={session.busy}
              isDisabled={url.trim() === '' || token.trim() === '' || starting}
            >
              {t('firstMinute.connect')}
            </Button>
          </Form>
        </section>
      </div>
      <ConnectionFailure />
    </>
  );
});
