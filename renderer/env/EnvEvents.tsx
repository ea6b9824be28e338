// What runs in this ENV now, and what was done in it and by whom, from the audit trail, which outlives the agent.
import type { Env } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { History } from '../activity/History.tsx';
import { OperationRows } from '../activity/OperationRows.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';

export const EnvEvents = observer(function EnvEvents({ env }: { env: Env }) {
  const { operations, historyOf } = useStores();
  const t = useWords();
  const running = operations.recent.filter(({ subject, state }) => subject.envName === env.name && state === 'running');
  return (
    <>
      {running.length > 0 && (
        <>
          <h2 className="page-subtitle">{t('activity.running')}</h2>
          <OperationRows label={t('activity.running')} operations={running} />
        </>
      )}
      <History history={historyOf(env.name)} />
    </>
  );
});
