// The operations of this ENV in the last hour.
import type { Env } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { OperationRow } from '../activity/OperationRow.tsx';
import { EmptyState } from '../components/EmptyState.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';

export const EnvEvents = observer(function EnvEvents({ env }: { env: Env }) {
  const { operations } = useStores();
  const t = useWords();
  const own = operations.recent.filter(({ subject }) => subject.envName === env.name);
  if (own.length === 0) return <EmptyState title={t('envs.noEvents')} />;
  return (
    <ul className="rows" aria-label={t('envs.tabs.events')}>
      {own.map((operation) => (
        <OperationRow key={operation.id} operation={operation} />
      ))}
    </ul>
  );
});
