// Before there is a session: the logo, and below it the login or connection form.
import { observer } from 'mobx-react-lite';
import { Spinner } from '../components/Spinner.tsx';
import { ConnectionList } from '../connections/ConnectionList.tsx';
import { connectionName } from '../connections/connection-words.ts';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { ConnectionCards } from './ConnectionCards.tsx';
import { LoginCard } from './LoginCard.tsx';
import { Sign } from './Sign.tsx';

export const Welcome = observer(function Welcome() {
  const { session, connections } = useStores();
  const shown = connections?.shown;
  const t = useWords();
  const format = useFormat();
  return (
    <main className="welcome">
      <header className="welcome-head">
        <Sign size={44} />
        <h1>TT</h1>
        <p className="muted">{t('onboarding.welcome')}</p>
      </header>
      {session.state === 'opening' && (
        <p className="muted welcome-opening">
          <Spinner /> {shown ? t('connections.opening', { name: connectionName(shown, t) }) : t('onboarding.opening')}
        </p>
      )}
      {session.triesUntil !== null && (
        <p role="status">{t('onboarding.nobodyThere', { time: format.time(session.triesUntil) })}</p>
      )}
      {session.state === 'login' && <LoginCard />}
      <ConnectionList />
      {session.state === 'choose' && connections && <ConnectionCards connections={connections} />}
    </main>
  );
});
