// The operations of this ENV in the last hour.
import type { Env } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { OperationRows } from '../activity/OperationRows.tsx';
import { EmptyState } from '../components/EmptyState.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';

export const EnvEvents = observer(function EnvEvents({ env }: { env: Env }) {
  const { operations } = useStores();
  const t = useWords();
  const own = operations.recent.filter(({ subject }) => subject.envName === env.name);
  if (own.length === 0) return <EmptyState title={t('envs.noEvents')} />;
  return <OperationRows label={t('envs.tabs.events')} operations={own} />;
});
