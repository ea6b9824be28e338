// Everything that runs and what ended within the last hour.
import { Activity } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { EmptyState } from '../components/EmptyState.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { OperationRows } from './OperationRows.tsx';

export const ActivityPage = observer(function ActivityPage() {
  const { operations } = useStores();
  const t = useWords();
  const { recent } = operations;
  const running = recent.filter(({ state }) => state === 'running');
  const ended = recent.filter(({ state }) => state !== 'running');
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: nothing in it can have the focus, and what scrolls must be reachable by keyboard
    <section className="page" tabIndex={0} aria-label={t('activity.title')}>
      <h1 className="page-title">{t('activity.title')}</h1>
      {recent.length === 0 && (
        <EmptyState icon={Activity} title={t('activity.empty')}>
          <p className="muted">{t('activity.emptyText')}</p>
        </EmptyState>
      )}
      {running.length > 0 && (
        <>
          <h2 className="page-subtitle">{t('activity.running')}</h2>
          <OperationRows label={t('activity.running')} operations={running} />
        </>
      )}
      {ended.length > 0 && (
        <>
          <h2 className="page-subtitle">{t('activity.ended')}</h2>
          <OperationRows label={t('activity.ended')} operations={ended} />
        </>
      )}
    </section>
  );
});
