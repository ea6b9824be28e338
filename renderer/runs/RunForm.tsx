// What to run: a command or script (typed, chosen, or dropped), on which machines, how long at most. Ctrl-Enter runs it.
import { toErrorRecord, type TtError } from '@tt/protocol';
import { FileText, Play, Upload, X } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { DropZone, FileTrigger, isFileDropItem } from 'react-aria-components';
import { firstReason, runIfAllowed } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { CheckField } from '../components/CheckField.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { Field } from '../components/Field.tsx';
import { Kbd } from '../components/Kbd.tsx';
import { Stepper } from '../components/Stepper.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import type { RunDraft } from './run-draft.ts';
import { RunFilters } from './RunFilters.tsx';

const LINES = { least: 2, most: 12 };
const MOST_MINUTES = 24 * 60;

export const RunForm = observer(function RunForm({ draft }: { draft: RunDraft }) {
  const { runs, vms, link, toasts, rights } = useStores();
  const t = useWords();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<TtError | null>(null);
  const form = useRef<HTMLDivElement>(null);
  const { isCommandWanted } = runs;
  useEffect(() => {
    if (!isCommandWanted) return;
    if (runs.wantedVmIds.length > 0) draft.chooseVms(runs.wantedVmIds);
    runs.wantCommand(false);
    form.current?.querySelector('textarea')?.focus();
  }, [runs, draft, isCommandWanted]);
  const machines = vms.ofEnv(draft.envName);
  const count = draft.targets(machines).length;
  const begin = async () => {
    if (busy) return;
    setBusy(true);
    setError(null);
    const outcome = await runs.begin(draft.toRequest(machines));
    setBusy(false);
    if (!outcome.ok) setError(outcome.error);
  };
  const run = {
    label: t('runs.run'),
    whyNot:
      rights.whyNot('run.start') ??
      firstReason({
        noMachines: count === 0,
        mistake: draft.problem !== null,
        incomplete: !draft.isComplete,
        linkDown: !link.up,
      }),
    run: () => void begin(),
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.stopPropagation();
    runIfAllowed(run, (text) => toasts.explain(text));
  };
  const read = (file: File | undefined) => {
    if (file) void draft.read(file);
  };
  const lines = Math.min(LINES.most, Math.max(LINES.least, draft.text.split('\n').length));
  const { fileName, fileProblem } = draft;
  return (
    <div ref={form} className="run-form" onKeyDownCapture={onKeyDown}>
      <DropZone
        className="run-drop"
        aria-label={t('runs.drop')}
        onDrop={({ items }) => void items.find(isFileDropItem)?.getFile().then(read)}
      >
        <Field
          label={t('runs.command')}
          placeholder={t('runs.commandHint')}
          value={draft.text}
          onChange={(text) => draft.type(text)}
          error={problemText()}
          lines={lines}
          mono
        />
        <div className="run-file">
          <FileTrigger onSelect={(files) => read(files?.[0])}>
            <Button kind="quiet" size="small" icon={Upload}>
              {t('runs.chooseScript')}
            </Button>
          </FileTrigger>
          {fileName === null ? (
            <span className="muted">{t('runs.orDrop')}</span>
          ) : (
            <span className="run-file-name">
              <FileText aria-hidden className="icon" />
              <span className="mono ellipsis">{fileName}</span>
              <Button
                kind="quiet"
                size="small"
                icon={X}
                label={t('runs.clearScript', { name: fileName })}
                onPress={() => draft.type('')}
              />
            </span>
          )}
        </div>
      </DropZone>
      <RunFilters draft={draft} machines={machines} />
      <div className="run-foot">
        <span className="muted">{t('runs.limit')}</span>
        <Stepper
          label={t('runs.limitMinutes')}
          value={draft.minutes}
          min={1}
          max={MOST_MINUTES}
          onChange={(minutes) => draft.setMinutes(minutes)}
        />
        <span className="muted">{t('runs.minutes')}</span>
        <CheckField label={t('runs.wait')} value={draft.waits} onChange={(waits) => draft.setWaits(waits)} />
        <CheckField label={t('runs.overSsh')} value={draft.usesSsh} onChange={(usesSsh) => draft.setUsesSsh(usesSsh)} />
        <span className="spacer" />
        <Button kind="primary" icon={Play} isBusy={busy} whyNot={run.whyNot} onPress={run.run}>
          {t('runs.runOn', { count })}
          <Kbd keys="Ctrl-Enter" />
        </Button>
      </div>
      {error && <ErrorNotice title={t('runs.notStarted', { env: draft.envName })} error={toErrorRecord(error)} />}
    </div>
  );

  function problemText(): string | null {
    if (fileProblem) return t(`runs.fileProblems.${fileProblem.why}`, { name: fileProblem.name });
    return draft.problem === null ? null : t('runs.tooLong');
  }
});
