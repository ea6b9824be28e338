// Exports an ENV or one of its snapshots: the file is fetched chunk by chunk while the host packs it, and saved. Can be stopped
// at any moment; an interrupted export resumes where it stopped.
import { type Transfer, type TtError, toErrorRecord } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { useRef, useState } from 'react';
import { firstReason } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { CheckField } from '../components/CheckField.tsx';
import { Dialog } from '../components/Dialog.tsx';
import { DialogFoot } from '../components/DialogFoot.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { Progress } from '../components/Progress.tsx';
import { Radios } from '../components/Radios.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { capsuleFileName } from './capsule-file-name.ts';
import type { ByteProgress } from './copy-store.ts';
import { RecordingFields } from './RecordingFields.tsx';
import { useRecordingChoice } from './use-recording-choice.ts';
import { saveFile } from '../components/save-file.ts';

const NOW = '';

export const ExportDialog = observer(function ExportDialog(props: { envName: string; snapshotName: string | null }) {
  const { envName } = props;
  const { copies, snapshots, operations, view, toasts, link } = useStores();
  const t = useWords();
  const format = useFormat();
  const [of, setOf] = useState(props.snapshotName ?? NOW);
  const [withRam, setWithRam] = useState(true);
  const recordings = useRecordingChoice(envName);
  const [sending, setSending] = useState<{ done: number; total: number } | null>(null);
  const [fetching, setFetching] = useState<{ done: number; total: number } | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<TtError | null>(null);
  const underway = firstReason({ underway: busy });
  const abort = useRef<AbortController | null>(null);
  /** Packed already: a fetch that failed is tried again without packing again. */
  const packed = useRef<Transfer | null>(null);
  const packing = operations.running.find(
    ({ kind, subject }) => kind === 'capsule.export' && subject.envName === envName,
  );

  const run = async () => {
    setBusy(true);
    setError(null);
    const controller = new AbortController();
    abort.current = controller;
    const failed = await exportAndSave(controller);
    setBusy(false);
    setFetching(null);
    setSending(null);
    if (failed && !controller.signal.aborted) setError(failed);
  };
  const exportAndSave = async (controller: AbortController): Promise<TtError | null> => {
    const { signal } = controller;
    const onProgress = (done: number, total: number) => setFetching({ done, total });
    const onSending = (done: number, total: number) => setSending(done < total ? { done, total } : null);
    const outcome = packed.current
      ? await again(packed.current, { signal, onProgress })
      : await copies.exportCapsule({
          envName,
          snapshotName: of === NOW ? null : of,
          withRam,
          recordings: recordings.files,
          signal,
          onSending,
          onProgress,
        });
    if (!outcome.ok) return outcome.error;
    const { transfer, fetched } = outcome.value;
    packed.current = transfer;
    if (!fetched.ok) return fetched.error;
    packed.current = null;
    const file = capsuleFileName(envName, of === NOW ? null : of, { t, times: format });
    saveFile(file, fetched.value);
    view.close();
    toasts.say(t('copies.capsule.saved', { file }));
    return null;
  };
  const again = async (transfer: Transfer, progress: ByteProgress) => ({
    ok: true as const,
    value: { transfer, fetched: await copies.fetch(transfer, progress) },
  });
  const close = () => {
    abort.current?.abort();
    if (packing?.cancellable) void operations.cancel(packing.id);
    if (packed.current) void copies.drop(packed.current.id);
    view.close();
  };
  return (
    <Dialog
      title={t('copies.capsule.exportTitle', { env: envName })}
      onClose={close}
      foot={
        <DialogFoot onCancel={close}>
          <Button kind="primary" isBusy={busy} whyNot={link.whyNot} onPress={() => void run()}>
            {packed.current ? t('copies.capsule.resume') : t('copies.capsule.exportNow')}
          </Button>
        </DialogFoot>
      }
    >
      <div className="form">
        <p className="muted">{t('copies.capsule.exportText')}</p>
        <Radios
          label={t('copies.capsule.of')}
          options={[
            { value: NOW, label: t('copies.capsule.ofNow') },
            ...snapshots
              .ofEnv(envName)
              .filter(({ kind, name }) => kind !== 'safety' || name === props.snapshotName)
              .map(({ name }) => ({ value: name, label: t('copies.capsule.ofSnapshot', { snapshot: name }) })),
          ]}
          value={of}
          onChange={setOf}
          whyNot={underway}
        />
        <CheckField
          label={t('copies.capsule.withRam')}
          hint={t('copies.capsule.withRamHint')}
          value={withRam}
          onChange={setWithRam}
          whyNot={underway}
        />
        <RecordingFields choice={recordings} whyNot={underway} />
        {sending && <Progress label={t('recordings.sending')} value={sending} />}
        {busy && !fetching && !sending && (
          <Progress label={t('copies.capsule.packing')} value={packing?.progress ?? null} />
        )}
        {fetching && (
          <>
            <Progress label={t('copies.capsule.fetching')} value={fetching} />
            <span className="muted number">
              {t('copies.capsule.progress', { done: format.bytes(fetching.done), total: format.bytes(fetching.total) })}
            </span>
          </>
        )}
        {error && <ErrorNotice error={toErrorRecord(error)} />}
      </div>
    </Dialog>
  );
});
