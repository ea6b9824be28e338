// One entry of the history: when, what, who from where, how it ended and how long it took.
import type { AuditEntry } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import type { RowPlace } from '../components/lists/Rows.tsx';
import type { Mark } from '../components/marks.ts';
import { StateMark } from '../components/StateMark.tsx';
import { useFormat } from '../i18n/format.ts';
import { type Translate, useWords } from '../i18n/index.ts';
import { historyTitle } from './history-words.ts';

export const HistoryRow = observer(function HistoryRow({ entry, place }: { entry: AuditEntry; place: RowPlace }) {
  const t = useWords();
  const format = useFormat();
  const { at, durationMs, count, phase, result } = entry;
  return (
    <li className="rows-item" {...place}>
      <time className="number muted history-time" dateTime={at}>
        {format.dateTime(at)}
      </time>
      <StateMark mark={markOf(entry)} />
      <div className="rows-main">
        <span>
          {historyTitle(entry)}
          {count > 1 && <span className="muted"> · {t('activity.times', { count })}</span>}
        </span>
        <div className="muted history-who">{whoOf(entry, t)}</div>
      </div>
      <span className={phase === 'begun' || result === 'ok' ? 'muted' : 'mono history-code'}>{resultOf(entry, t)}</span>
      <span className="number muted rows-took">{durationMs !== null && format.took(durationMs)}</span>
    </li>
  );
});

/** What has only begun may be over since: its end is an entry of its own. */
function markOf({ phase, result }: AuditEntry): Mark {
  if (phase === 'begun') return 'empty';
  return result === 'ok' ? 'done' : 'failed';
}

function resultOf({ phase, result }: AuditEntry, t: Translate): string {
  if (phase === 'begun') return t('activity.begun');
  if (result === 'ok') return t('common.states.succeeded');
  return result === 'failed' ? t('common.states.failed') : result;
}

function whoOf({ actor, userName, throughProxy, origin }: AuditEntry, t: Translate): string {
  const who = actor === 'person' ? (userName ?? '?') : t(`activity.actors.${actor}`);
  const address = origin?.address ?? null;
  return [
    who,
    ...(address === null ? [] : [t('activity.from', { address })]),
    ...(throughProxy ? [t('activity.throughProxy')] : []),
  ].join(' · ');
}
