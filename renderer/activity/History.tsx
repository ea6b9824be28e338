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
import type { HistoryStore } from './history-store.ts';
import type { OperationStore } from './operation-store.ts';

/** Of two lines. */
const HEIGHT = 52;

export const History = observer(function History({ history }: { history: HistoryStore }) {
  const { link, me, operations } = useStores();
  const t = useWords();
  const { up } = link;
  // What ends is in the trail a moment later; only the history of an ENV is about little enough to follow that.
  const ended = history.envName === null ? 0 : endedIn(operations, history.envName);
  useEffect(() => {
    if (up && ended >= 0) void history.load();
  }, [history, up, ended]);
  const { lines, error, hasMore } = history;
  // What is shown as running says its end at once, and goes on saying it when the operation itself is forgotten.
  const over = (lines ?? []).filter(({ end }) => end === null).map(({ key }) => operations.items.get(key));
  useEffect(() => {
    for (const operation of over) if (operation) history.hear(operation);
  });
  return (
    <div className="history">
      <HistoryFilters history={history} />
      {me.me !== null && !me.isAdmin && <p className="muted">{t('activity.historyOwn')}</p>}
      {error && <ErrorNotice error={toErrorRecord(error)} />}
      <p className="muted history-count" role="status">
        {lines !== null &&
          lines.length > 0 &&
          t(hasMore ? 'activity.newest' : 'activity.found', { count: lines.length })}
      </p>
      {lines?.length === 0 && !hasMore && <NothingFound history={history} />}
      {lines !== null && lines.length > 0 && (
        <Rows items={lines} keyOf={({ key }) => key} height={HEIGHT} label={t('activity.history')}>
          {(line, place) => <HistoryRow key={line.key} history={history} line={line} place={place} />}
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

/** How many operations of this ENV have ended, as far as they are remembered. */
function endedIn({ items }: OperationStore, envName: string): number {
  return items.all.filter(({ subject, state }) => subject.envName === envName && state !== 'running').length;
}

const NothingFound = observer(function NothingFound({ history }: { history: HistoryStore }) {
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
