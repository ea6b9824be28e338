// The background tasks of the agent: state, last and next run, why one fails, and a run by hand where that is harmless.
import { type BackgroundTaskStatus, toErrorRecord } from '@tt/protocol';
import { Play } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { Button } from '../components/Button.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { type RowPlace, Rows } from '../components/lists/Rows.tsx';
import type { Mark } from '../components/marks.ts';
import { StateLabel } from '../components/StateLabel.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { ReportView } from './ReportView.tsx';
import { taskWords } from '../i18n/task-words.ts';

/** Of three lines. */
const HEIGHT = 72;
const marks: Readonly<Record<BackgroundTaskStatus['state'], Mark>> = {
  waiting: 'empty',
  ok: 'done',
  failing: 'failed',
  stuck: 'failed',
};
/** What needs attention first. */
const order: readonly BackgroundTaskStatus['state'][] = ['stuck', 'failing', 'waiting', 'ok'];

export const TasksTab = observer(function TasksTab() {
  const { administration } = useStores();
  const t = useWords();
  const { runError } = administration;
  return (
    <>
      <p className="muted">{t('administration.tasksText')}</p>
      {runError && <ErrorNotice error={toErrorRecord(runError)} />}
      <ReportView report={administration.tasks} everyMs={5_000}>
        {(tasks) => (
          <Rows
            items={tasks.toSorted((one, other) => order.indexOf(one.state) - order.indexOf(other.state))}
            keyOf={({ name }) => name}
            height={HEIGHT}
            label={t('administration.tabs.tasks')}
          >
            {(task, place) => <TaskRow key={task.name} task={task} place={place} />}
          </Rows>
        )}
      </ReportView>
    </>
  );
});

const TaskRow = observer(function TaskRow({ task, place }: { task: BackgroundTaskStatus; place: RowPlace }) {
  const { administration, link } = useStores();
  const t = useWords();
  const format = useFormat();
  const { name, state, periodS, lastSuccessAt, lastDurationMs, lastError, nextRunAt, isRunning, failureCount } = task;
  const words = taskWords(name, t);
  // Most take milliseconds.
  const took = (ms: number) =>
    ms < 1000 ? t('shell.link.rtt', { ms: format.number(Math.round(ms)) }) : format.took(ms);
  const facts = [
    t('administration.every', { time: format.duration(periodS * 1000) }),
    lastSuccessAt === null
      ? t('administration.neverRan')
      : t('administration.lastRun', { at: format.timeWithSeconds(lastSuccessAt) }),
    ...(lastDurationMs === null ? [] : [t('activity.took', { time: took(lastDurationMs) })]),
    ...(isRunning ? [t('administration.runsNow')] : []),
    ...(nextRunAt === null ? [] : [t('administration.nextRun', { at: format.timeWithSeconds(nextRunAt) })]),
    ...(failureCount === 0 ? [] : [t('administration.failures', { count: failureCount })]),
  ];
  return (
    <li className="rows-item" {...place}>
      <span className="finding-state">
        <StateLabel mark={marks[state]} word={t(`administration.taskStates.${state}`)} />
      </span>
      <div className="rows-main">
        <strong>{words.name}</strong>
        {words.does !== null && <div>{words.does}</div>}
        <div className="muted number">
          <code className="mono" title={t('administration.taskName')}>
            {name}
          </code>
          {' · '}
          {facts.join(' · ')}
        </div>
        {lastError !== null && <div className="task-error">{lastError}</div>}
      </div>
      {task.canRunNow && (
        <Button
          size="small"
          icon={Play}
          isBusy={administration.runningTask === name}
          whyNot={administration.runningTask === null ? link.whyNot : 'busy'}
          aria-label={t('administration.runNowOf', { task: words.name })}
          onPress={() => void administration.runTask(name)}
        >
          {t('administration.runNow')}
        </Button>
      )}
    </li>
  );
});
