// The Run tab of an ENV: what to run, and below it a run as it goes or went, machine by machine.
import { type Env, toErrorRecord } from '@tt/protocol';
import { SquareTerminal } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { useEffect, useState } from 'react';
import { EmptyState } from '../components/EmptyState.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { Spinner } from '../components/Spinner.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { RunDraft } from './run-draft.ts';
import { RunForm } from './RunForm.tsx';
import { RunHead } from './RunHead.tsx';
import { RunVms } from './RunVms.tsx';
import './runs.css';

export const EnvRun = observer(function EnvRun({ env }: { env: Env }) {
  const { runs } = useStores();
  const [draft] = useState(() => new RunDraft(env.name));
  const { generation } = runs;
  // biome-ignore lint/correctness/useExhaustiveDependencies: it says when to ask again
  useEffect(() => {
    void runs.load(env.name);
  }, [runs, env.name, generation]);
  return (
    <div className="run-page">
      <RunForm draft={draft} />
      <ShownRun envName={env.name} />
    </div>
  );
});

const ShownRun = observer(function ShownRun({ envName }: { envName: string }) {
  const { runs } = useStores();
  const t = useWords();
  const run = runs.shownOf(envName);
  const runId = run?.id;
  const { generation } = runs;
  // biome-ignore lint/correctness/useExhaustiveDependencies: it says when to ask again
  useEffect(() => {
    if (runId !== undefined) void runs.loadRun(runId);
  }, [runs, runId, generation]);
  const failure = runs.failures.get(envName) ?? (runId === undefined ? undefined : runs.failures.get(runId));
  if (failure) return <ErrorNotice title={t('runs.notRead')} error={toErrorRecord(failure)} />;
  if (!run) {
    if (!runs.isKnown(envName)) return <Spinner />;
    return (
      <EmptyState icon={SquareTerminal} title={t('runs.empty')}>
        <p className="muted">{t('runs.emptyText')}</p>
      </EmptyState>
    );
  }
  return (
    <section className="run" aria-label={t('runs.shown')}>
      <RunHead run={run} />
      <RunVms key={run.id} run={run} />
    </section>
  );
});
