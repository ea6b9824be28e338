// One line of the history: when it began, what, who from where, how it ended and how long it took; more of it on demand.
import { ChevronRight } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { Button as AriaButton, Disclosure, DisclosurePanel } from 'react-aria-components';
import type { RowPlace } from '../components/lists/Rows.tsx';
import type { Mark } from '../components/marks.ts';
import { StateMark } from '../components/StateMark.tsx';
import { useFormat } from '../i18n/format.ts';
import { useLanguage, useWords, type Word } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { HistoryDetails } from './HistoryDetails.tsx';
import { type HistoryLine, type HistoryState, historyState } from './history-lines.ts';
import type { HistoryStore } from './history-store.ts';
import { historyReason, historyTitle, historyWho, isOperation } from './history-words.ts';

export interface HistoryRowProps {
  history: HistoryStore;
  line: HistoryLine;
  place: RowPlace;
}

const marks: Readonly<Record<HistoryState, Mark>> = {
  done: 'done',
  failed: 'failed',
  cancelled: 'stopped',
  running: 'working',
  interrupted: 'failed',
  unknown: 'unknown',
};

const words: Readonly<Record<HistoryState, Word>> = {
  done: 'common.states.succeeded',
  failed: 'common.states.failed',
  cancelled: 'common.states.cancelled',
  running: 'common.states.running',
  interrupted: 'activity.interrupted',
  unknown: 'activity.noEnd',
};

export const HistoryRow = observer(function HistoryRow({ history, line, place }: HistoryRowProps) {
  const { operations } = useStores();
  const language = useLanguage();
  const t = useWords();
  const format = useFormat();
  const { key, entry, begunAtMs, end } = line;
  const operation = operations.items.get(key);
  const state = historyState(line, { isOperation: isOperation(entry), operation });
  const title = historyTitle(entry);
  const isOpen = history.opened.has(key);
  const isBad = state === 'failed' || state === 'interrupted';
  const reason =
    state === 'failed' && end
      ? historyReason({ result: end.result, subject: entry.subject }, operation?.error ?? null, language)
      : {};
  // What has no code is just failed.
  const code = state === 'failed' && end && end.result !== 'failed' ? end.result : null;
  return (
    <li {...place}>
      <Disclosure className="history-line" isExpanded={isOpen} onExpandedChange={() => history.toggle(key)}>
        <div className="rows-item">
          <time className="number muted history-time" dateTime={new Date(begunAtMs).toISOString()}>
            {format.dateTime(begunAtMs)}
          </time>
          <StateMark mark={marks[state]} />
          <div className="rows-main">
            <span>
              {title}
              {entry.count > 1 && <span className="muted"> · {t('activity.times', { count: entry.count })}</span>}
            </span>
            <div className="muted history-who">{historyWho(entry, t)}</div>
            {reason.message !== undefined && <div className="history-reason">{reason.message}</div>}
          </div>
          <span className={isBad ? 'history-bad' : 'muted'}>
            {code === null ? t(words[state]) : <code className="mono">{code}</code>}
          </span>
          <span className="number muted rows-took">
            {end?.durationMs !== null && end !== null && format.took(end.durationMs)}
          </span>
          <AriaButton slot="trigger" className="history-open" aria-label={t('activity.detailsOf', { title })}>
            <ChevronRight aria-hidden className="icon" />
          </AriaButton>
        </div>
        <DisclosurePanel>
          {isOpen && (
            <HistoryDetails line={line} word={t(words[state])} {...(reason.fix !== undefined && { fix: reason.fix })} />
          )}
        </DisclosurePanel>
      </Disclosure>
    </li>
  );
});
