// Before there is a session: the logo, and below it the login or connection form.
import { observer } from 'mobx-react-lite';
import { Spinner } from '../components/Spinner.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { ConnectionCards } from './ConnectionCards.tsx';
import { LoginCard } from './LoginCard.tsx';
import { Sign } from './Sign.tsx';

export const Welcome = observer(function Welcome() {
  const { session } = useStores();
  const t = useWords();
  return (
    <main className="welcome">
      <header className="welcome-head">
        <Sign size={44} />
        <h1>TT</h1>
        <p className="muted">{t('onboarding.welcome')}</p>
      </header>
      {session.state === 'opening' && (
        <p className="muted welcome-opening">
          <Spinner /> {t('onboarding.opening')}
        </p>
      )}
      {session.state === 'login' && <LoginCard />}
      {session.state === 'choose' && <ConnectionCards />}
    </main>
  );
});
