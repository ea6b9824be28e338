// A board without ENVs explains how to create one, to those who can; while the host is still being prepared, it shows that.
import { observer } from 'mobx-react-lite';
import { Kbd } from '../components/Kbd.tsx';
import { useWords } from '../i18n/index.ts';
import { NewEnvButton } from '../new-env/NewEnvButton.tsx';
import { StartupSteps } from '../onboarding/StartupSteps.tsx';
import { useStores } from '../state/stores-context.ts';

export const EmptyBoard = observer(function EmptyBoard() {
  const { hosts, rights } = useStores();
  const t = useWords();
  if (rights.whyNot('env.create') !== null) {
    return (
      <section className="page teach" aria-label={t('envs.board')}>
        <div className="teach-card">
          <h1>{t('envs.emptyTitle')}</h1>
          <p className="muted">{t('envs.emptyViewer')}</p>
        </div>
      </section>
    );
  }
  return (
    <section className="page teach" aria-label={t('envs.board')}>
      <div className="teach-card">
        <h1>{t('envs.emptyTitle')}</h1>
        <p className="muted">{t('envs.emptyText')}</p>
        <ol className="teach-steps">
          <li>
            <Kbd keys="N" /> <span>{t('envs.emptyStep1')}</span>
          </li>
          <li>
            <kbd className="typed">tiny</kbd> <span>{t('envs.emptyStep2')}</span>
          </li>
          <li>
            <Kbd keys="Ctrl-Enter" /> <span>{t('envs.emptyStep3')}</span>
          </li>
        </ol>
        <NewEnvButton />
      </div>
      {!hosts.isSetUp && <StartupSteps />}
    </section>
  );
});
