// What the agent prepares at its first start (host.startup): checking QEMU, acceleration, building the tiny Linux.
import type { ErrorRecord, Host } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { OperationLine } from '../activity/OperationLine.tsx';
import type { Mark } from '../components/marks.ts';
import { StateMark } from '../components/StateMark.tsx';
import { errorWords } from '../i18n/error-words.ts';
import { useLanguage, useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';

const marks: Record<Host['startup'][number]['state'], Mark> = {
  waiting: 'empty',
  working: 'working',
  done: 'done',
  failed: 'failed',
};

export const StartupSteps = observer(function StartupSteps() {
  const { hosts, operations } = useStores();
  const t = useWords();
  const language = useLanguage();
  const failureText = (failure: ErrorRecord) => {
    const { message, fix } = errorWords(failure, language);
    return `${message} ${fix}`;
  };
  const startup = hosts.first?.startup ?? [];
  const building = operations.running.find(({ kind }) => kind === 'image.build');
  if (startup.length === 0) return null;
  return (
    <section className="startup" aria-label={t('onboarding.startupTitle')}>
      <h2>{t('onboarding.startupTitle')}</h2>
      <ol className="startup-steps">
        {startup.map(({ step, state, names, failure }) => (
          <li key={step} data-state={state}>
            <StateMark mark={marks[state]} />
            <span>{t(`onboarding.steps.${step}`)}</span>
            <span className="visually-hidden">{t(`common.states.${state}`)}</span>
            <span className="muted">{names.join(', ')}</span>
            {failure && <span className="muted">{failureText(failure)}</span>}
          </li>
        ))}
      </ol>
      {building && <OperationLine operation={building} />}
    </section>
  );
});
