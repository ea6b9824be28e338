// Browser: gets in by the OpenID provider of the server, with the one-time code of a link, with a token, or with a name and a password.
import { toErrorRecord } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { type FormEvent, useEffect, useState } from 'react';
import { Form } from 'react-aria-components';
import { firstReason } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { CopyChip } from '../components/CopyChip.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { Field } from '../components/Field.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';

const COMMAND = 'npx tt open';

export const LoginCard = observer(function LoginCard() {
  const { session } = useStores();
  const t = useWords();
  const [code, setCode] = useState('');
  const enter = (event: FormEvent) => {
    event.preventDefault();
    if (code.trim() !== '') void session.join(code);
  };
  return (
    <section className="welcome-card" aria-label={t('onboarding.loginTitle')}>
      <ProviderButton />
      <h2>{t('onboarding.loginTitle')}</h2>
      <p className="muted">{t('onboarding.loginText')}</p>
      <CopyChip text={COMMAND} hint={t('common.copy')} done={t('common.copied')}>
        {COMMAND}
      </CopyChip>
      <Form className="form" onSubmit={enter}>
        <Field label={t('onboarding.code')} value={code} onChange={setCode} mono autoFocus autoComplete="off" />
        {session.error && <ErrorNotice error={toErrorRecord(session.error)} />}
        <Button
          kind="primary"
          type="submit"
          isBusy={session.busy}
          whyNot={firstReason({ incomplete: code.trim() === '' })}
        >
          {t('onboarding.enter')}
        </Button>
      </Form>
      <PasswordForm />
    </section>
  );
});

/** Nothing where the server has no provider. */
const ProviderButton = observer(function ProviderButton() {
  const { session } = useStores();
  const t = useWords();
  useEffect(() => void session.askForProvider(), [session]);
  const { provider } = session;
  if (!provider) return null;
  const { name, elsewhere } = provider;
  return (
    <div className="form">
      <Button kind="primary" isBusy={session.busy} onPress={() => void session.logInByProvider()}>
        {t('onboarding.logInWith', { name })}
      </Button>
      {elsewhere !== null && <p className="muted">{t('onboarding.logInElsewhere', { url: elsewhere })}</p>}
    </div>
  );
});

const PasswordForm = observer(function PasswordForm() {
  const { session, toasts } = useStores();
  const t = useWords();
  const [userName, setUserName] = useState('');
  const [password, setPassword] = useState('');
  const isIncomplete = userName.trim() === '' || password === '';
  const enter = (event: FormEvent) => {
    event.preventDefault();
    if (isIncomplete) return;
    void session.login(userName, password).then((count) => {
      if (count > 0) toasts.say(t('onboarding.wrongBefore', { count }), { tone: 'info', seconds: 60 });
    });
    setPassword('');
  };
  return (
    <Form className="form" onSubmit={enter} aria-label={t('onboarding.passwordTitle')}>
      <p className="muted">{t('onboarding.passwordTitle')}</p>
      <Field label={t('onboarding.userName')} value={userName} onChange={setUserName} autoComplete="username" />
      <Field
        label={t('onboarding.password')}
        value={password}
        onChange={setPassword}
        type="password"
        autoComplete="current-password"
      />
      <Button type="submit" isBusy={session.busy} whyNot={firstReason({ incomplete: isIncomplete })}>
        {t('onboarding.logIn')}
      </Button>
    </Form>
  );
});
