// What the agent makes ready in its first minute (host.setup): checking QEMU, acceleration, building the tiny Linux.
import type { Host } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { OperationLine } from '../activity/OperationLine.tsx';
import { type Mark, StateMark } from '../components/StateMark.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';

const marks: Record<Host['setup'][number]['state'], Mark> = {
  waiting: 'empty',
  working: 'working',
  done: 'done',
  failed: 'failed',
};

export const SetupSteps = observer(function SetupSteps() {
  const { hosts, operations } = useStores();
  const t = useWords();
  const setup = hosts.first?.setup ?? [];
  const building = operations.running.find(({ kind }) => kind === 'image.build');
  if (setup.length === 0) return null;
  return (
    <section className="setup" aria-label={t('firstMinute.setupTitle')}>
      <h2>{t('firstMinute.setupTitle')}</h2>
      <ol className="setup-steps">
        {setup.map(({ step, state, detail }) => (
          <li key={step} data-state={state}>
            <StateMark mark={marks[state]} />
            <span>{t(`firstMinute.steps.${step}`)}</span>
            <span className="visually-hidden">{t(`common.states.${state}`)}</span>
            <span className="muted">{detail}</span>
          </li>
        ))}
      </ol>
      {building && <OperationLine operation={building} />}
    </section>
  );
});
