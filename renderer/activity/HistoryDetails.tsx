// All there is to one line of the history: when it began and ended to the second, with what, about which ids, and what to do.
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import type { HistoryLine } from './history-lines.ts';
import { historyWho } from './history-words.ts';

export interface HistoryDetailsProps {
  line: HistoryLine;
  /** How it ended, in a word. */
  word: string;
  /** What to do about a failure. */
  fix?: string;
}

export function HistoryDetails({ line: { entry, begunAtMs, end }, word, fix }: HistoryDetailsProps) {
  const t = useWords();
  const format = useFormat();
  const { origin, subject, activityId, phase } = entry;
  // Noticed when the next agent started: when it began is said by the entry of its beginning alone.
  const isNoticed = end !== null && end.durationMs === null && phase === 'ended';
  const facts: [string, string][] = [
    ...(isNoticed && Date.parse(end.at) === begunAtMs ? [] : [fact(t('activity.beganAt'), format.moment(begunAtMs))]),
    fact(t(isNoticed ? 'activity.noticedAt' : 'activity.endedAt'), end === null ? word : format.moment(end.at)),
    ...(end?.durationMs !== undefined && end.durationMs !== null
      ? [fact(t('activity.tookFact'), format.took(end.durationMs))]
      : []),
    fact(t('activity.result'), end === null || end.result === 'ok' ? word : `${word} · ${end.result}`),
    ...(fix === undefined ? [] : [fact(t('common.error.what'), fix)]),
    fact(t('activity.who'), historyWho(entry, t)),
    ...(origin?.userAgent ? [fact(t('activity.client'), origin.userAgent)] : []),
    fact(t('activity.call'), entry.call),
    fact(t('activity.subject'), Object.values(subject).join(' · ')),
    fact(t('activity.id'), activityId ?? origin?.requestId ?? ''),
  ];
  return (
    <dl className="facts history-facts">
      {facts
        .filter(([, value]) => value !== '')
        .map(([name, value]) => (
          <div key={name} className="fact">
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

function fact(name: string, value: string): [string, string] {
  return [name, value];
}
