// What one machine printed on one channel: its end, followed while it grows, to copy; all of it to save.
import { type RunOutputChannel, type RunVm, toErrorRecord } from '@tt/protocol';
import { Check, Copy, Save } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { useEffect, useEffectEvent, useMemo, useState } from 'react';
import { asTtError } from '../activity/operation-store.ts';
import { firstReason } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { PrintedText } from '../components/PrintedText.tsx';
import { saveFile } from '../components/save-file.ts';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { shortVmName } from '../state/vm-name.ts';
import { OutputTail } from './output-tail.ts';
import { wholeOutput } from './save-output.ts';

const COPIED_MS = 1600;

export interface RunOutputProps {
  runId: string;
  vm: RunVm;
  channel: RunOutputChannel;
}

export const RunOutput = observer(function RunOutput({ runId, vm, channel }: RunOutputProps) {
  const { runs, link, toasts } = useStores();
  const t = useWords();
  const format = useFormat();
  const [isSaving, setSaving] = useState(false);
  const { vmId, vmName } = vm;
  const { bytes, keptBytes } = vm[channel];
  const id = { runId, vmId, channel };
  const hasBegun = vm.startedAt !== null || keptBytes > 0;
  const tail = useTail(id, keptBytes, hasBegun);
  const label = t(`runs.${channel}Of`, { vm: shortVmName(vmName) });
  const nothing = firstReason({ nothingPrinted: keptBytes === 0 });
  const save = async () => {
    setSaving(true);
    try {
      const whole = await wholeOutput(id, runs, keptBytes);
      saveFile(`${vmName.replaceAll('/', '-')}.${channel}.txt`, whole);
    } catch (error) {
      toasts.fail(t('runs.notSaved', { output: label }), asTtError(error));
    } finally {
      setSaving(false);
    }
  };
  return (
    <section className="run-output" data-channel={channel} aria-label={label}>
      <header className="run-output-head">
        <h3>{t(`runs.${channel}`)}</h3>
        <span className="muted number">{format.bytes(bytes)}</span>
        {tail?.isCut && <span className="muted">{t('runs.cutHere')}</span>}
        {keptBytes < bytes && <span className="muted">{t('runs.notKept', { size: format.bytes(keptBytes) })}</span>}
        <span className="spacer" />
        <CopyText text={tail?.text ?? ''} />
        <Button
          kind="quiet"
          size="small"
          icon={Save}
          isBusy={isSaving}
          whyNot={nothing ?? link.whyNot}
          onPress={() => void save()}
        >
          {t('runs.save')}
        </Button>
      </header>
      {tail?.failure ? (
        <ErrorNotice
          error={toErrorRecord(tail.failure)}
          actions={
            <Button size="small" onPress={() => tail.again()}>
              {t('common.tryAgain')}
            </Button>
          }
        />
      ) : (
        <Text text={tail?.text ?? ''} label={label} isOver={vm.endedAt !== null} />
      )}
    </section>
  );
});

/** Follows it while it is seen; null before anything can come. */
function useTail(id: { runId: string; vmId: string; channel: RunOutputChannel }, keptBytes: number, hasBegun: boolean) {
  const { runs } = useStores();
  const { runId, vmId, channel } = id;
  const tail = useMemo(
    () => (hasBegun ? new OutputTail({ runId, vmId, channel }, runs) : null),
    [runs, runId, vmId, channel, hasBegun],
  );
  // What is known to be there is where it begins, once.
  const start = useEffectEvent((next: OutputTail) => next.start(keptBytes));
  useEffect(() => (tail ? start(tail) : undefined), [tail]);
  return tail;
}

function Text({ text, label, isOver }: { text: string; label: string; isOver: boolean }) {
  const t = useWords();
  if (text === '' && isOver) return <p className="muted run-output-none">{t('runs.nothing')}</p>;
  return <PrintedText text={text} label={label} className="run-output-text" />;
}

function CopyText({ text }: { text: string }) {
  const t = useWords();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), COPIED_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <Button
      kind="quiet"
      size="small"
      icon={copied ? Check : Copy}
      whyNot={firstReason({ nothingPrinted: text === '' })}
      onPress={() => void navigator.clipboard.writeText(text).then(() => setCopied(true))}
    >
      {t(copied ? 'common.copied' : 'common.copy')}
    </Button>
  );
}
