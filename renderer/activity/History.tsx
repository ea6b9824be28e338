// The audit trail: who did what, from where, when, and how it ended. It outlives the agent, and operations that are forgotten.
import { toErrorRecord } from '@tt/protocol';
import { History as HistoryIcon } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { useEffect } from 'react';
import { Button } from '../components/Button.tsx';
import { EmptyState } from '../components/EmptyState.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { Rows } from '../components/lists/Rows.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { HistoryFilters } from './HistoryFilters.tsx';
import { HistoryRow } from './HistoryRow.tsx';

/** Of two lines. */
const HEIGHT = 52;

export const History = observer(function History() {
  const { history, link, me } = useStores();
  const t = useWords();
  const { up } = link;
  useEffect(() => {
    if (up) void history.load();
  }, [history, up]);
  const { entries, error, hasMore } = history;
  return (
    <div className="history">
      <HistoryFilters />
      {me.me !== null && !me.isAdmin && <p className="muted">{t('activity.historyOwn')}</p>}
      {error && <ErrorNotice error={toErrorRecord(error)} />}
      {entries?.length === 0 && !hasMore && <NothingFound />}
      {entries !== null && entries.length > 0 && (
        <Rows items={entries} keyOf={({ id }) => String(id)} height={HEIGHT} label={t('activity.history')}>
          {(entry, place) => <HistoryRow key={entry.id} entry={entry} place={place} />}
        </Rows>
      )}
      {hasMore && (
        <Button isBusy={history.isBusy} onPress={() => void history.more()}>
          {t('activity.older')}
        </Button>
      )}
    </div>
  );
});

const NothingFound = observer(function NothingFound() {
  const { history } = useStores();
  const t = useWords();
  if (history.isFiltered) {
    return (
      <EmptyState icon={HistoryIcon} title={t('activity.noMatch')}>
        <p className="muted">{t('activity.noMatchText')}</p>
        <Button onPress={() => void history.clear()}>{t('activity.clearFilters')}</Button>
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={HistoryIcon} title={t('activity.noHistory')}>
      <p className="muted">{t('activity.noHistoryText', { days: history.keepDays ?? 0 })}</p>
    </EmptyState>
  );
});
