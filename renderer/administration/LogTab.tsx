// The newest lines of the agent's log, newest first: by level, by text, and followed while it is shown.
import { type LogLine, type LogLevelName, toErrorRecord } from '@tt/protocol';
import { ScrollText } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { CheckField } from '../components/CheckField.tsx';
import { Choice } from '../components/Choice.tsx';
import { EmptyState } from '../components/EmptyState.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { type RowPlace, Rows } from '../components/lists/Rows.tsx';
import type { Mark } from '../components/marks.ts';
import { SearchBox } from '../components/SearchBox.tsx';
import { Spinner } from '../components/Spinner.tsx';
import { StateLabel } from '../components/StateLabel.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { LOG_LEVELS } from './log-store.ts';
import { useReport } from './use-report.ts';

const HEIGHT = 34;
const FOLLOW_EVERY_MS = 2000;
const marks: Readonly<Record<LogLevelName, Mark>> = {
  trace: 'empty',
  debug: 'empty',
  info: 'done',
  warn: 'paused',
  error: 'failed',
  fatal: 'failed',
};

export const LogTab = observer(function LogTab() {
  const { administration } = useStores();
  const { log } = administration;
  const t = useWords();
  useReport(log, log.isFollowed ? FOLLOW_EVERY_MS : undefined);
  const { filters, lines, error } = log;
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset has a look of its own */}
      <div className="history-filters" role="group" aria-label={t('administration.logFilters')}>
        <Choice
          label={t('administration.level')}
          value={filters.level}
          options={LOG_LEVELS.map((value) => ({ value, label: t(`administration.levels.${value}`) }))}
          onChange={(level) => void log.choose({ level })}
        />
        <SearchBox
          label={t('administration.logText')}
          placeholder={t('administration.logTextHint')}
          value={filters.text}
          onChange={(text) => void log.choose({ text: text.slice(0, 200) })}
        />
        <CheckField
          label={t('administration.follow')}
          value={log.isFollowed}
          onChange={(isFollowed) => log.follow(isFollowed)}
        />
      </div>
      <p className="muted">{t('administration.logAbout')}</p>
      {error && <ErrorNotice error={toErrorRecord(error)} />}
      {log.isGap && <p className="muted">{t('administration.logGap')}</p>}
      {lines === null && !error && (
        <p className="muted" role="status">
          <Spinner /> {t('common.loading')}
        </p>
      )}
      {lines?.length === 0 && (
        <EmptyState
          icon={ScrollText}
          title={t(log.isFiltered ? 'administration.noMatchingLines' : 'administration.noLines')}
          small
        />
      )}
      {lines !== null && lines.length > 0 && (
        <Rows items={lines} keyOf={({ id }) => String(id)} height={HEIGHT} label={t('administration.tabs.log')}>
          {(line, place) => <LineRow key={line.id} line={line} place={place} />}
        </Rows>
      )}
    </>
  );
});

function LineRow({ line, place }: { line: LogLine; place: RowPlace }) {
  const format = useFormat();
  const { at, level, message, details } = line;
  return (
    <li className="rows-item log-line" data-level={level} {...place}>
      <time className="number muted" dateTime={at} title={at}>
        {format.timeWithSeconds(at)}
      </time>
      <span className="log-level">
        <StateLabel mark={marks[level]} word={level} />
      </span>
      <div className="rows-main">
        <div>{message}</div>
        {details !== '' && <div className="muted mono small">{details}</div>}
      </div>
    </li>
  );
}
