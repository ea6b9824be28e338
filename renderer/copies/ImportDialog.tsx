// Imports a capsule: a file is dropped or chosen, sent with progress, inspected, and turned into an ENV. An interrupted upload
// resumes where it stopped; closing cancels it.
import type { ReadableFile } from '@tt/client';
import { clockText } from '@tt/client/recordings';
import { isValidName, type TtError, toErrorRecord } from '@tt/protocol';
import { Upload } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { useRef, useState } from 'react';
import { DropZone, FileTrigger } from 'react-aria-components';
import { firstReason } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { CheckField } from '../components/CheckField.tsx';
import { Dialog } from '../components/Dialog.tsx';
import { DialogFoot } from '../components/DialogFoot.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { Field } from '../components/Field.tsx';
import { Progress } from '../components/Progress.tsx';
import { useFormat } from '../i18n/format.ts';
import { reasonWords } from '../i18n/error-words.ts';
import { useLanguage, useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { shortVmName } from '../state/vm-name.ts';
import { useUpload } from './use-upload.ts';

/** `opened`: the file that it is about from the beginning. */
export const ImportDialog = observer(function ImportDialog({ opened }: { opened: ReadableFile | null }) {
  const { copies, envs, view, toasts, link, operations } = useStores();
  const t = useWords();
  const language = useLanguage();
  const format = useFormat();
  const upload = useUpload(copies, opened);
  const [name, setName] = useState('');
  const [fenced, setFenced] = useState(false);
  const [wanted, setWanted] = useState<boolean | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<TtError | null>(null);
  const done = useRef(false);
  const { file, sent, inside } = upload;
  const shownName =
    name === '' ? (inside ? freeName(inside.manifest.env.name, (taken) => envs.get(taken) !== undefined) : '') : name;
  const nameError = shownName === '' || isValidName(shownName) ? null : t('newEnv.nameInvalid');
  const ramProblem = inside?.ramProblem ?? null;
  const madeHere = inside?.madeHere ?? false;
  const withRam = wanted ?? madeHere;
  const hasRam = inside?.manifest.vms.some(({ ram }) => ram !== null) ?? false;
  const making = operations.running.find(
    ({ kind, subject }) => kind === 'capsule.import' && subject.envName === shownName,
  );
  const run = async () => {
    if (!inside || nameError !== null || shownName === '' || busy) return;
    setBusy(true);
    setError(null);
    const memory = withRam && ramProblem === null;
    const outcome = await copies.importCapsule({
      transferId: upload.transferId,
      name: shownName,
      withRam: memory,
      fenced,
    });
    setBusy(false);
    if (!outcome.ok) return setError(outcome.error);
    done.current = true;
    view.close();
    toasts.say(t('copies.capsule.imported', { env: shownName }));
    view.goToEnv(shownName);
  };
  const close = () => {
    if (making?.cancellable) void operations.cancel(making.id);
    if (!done.current) upload.giveUp();
    view.close();
  };
  const problem = error ?? upload.error;
  return (
    <Dialog
      title={t('copies.capsule.importTitle')}
      onClose={close}
      foot={
        <DialogFoot onCancel={close}>
          {upload.error && file ? (
            <Button kind="primary" whyNot={link.whyNot} onPress={() => upload.send(file)}>
              {t('copies.capsule.resume')}
            </Button>
          ) : (
            <Button
              kind="primary"
              isBusy={busy}
              whyNot={firstReason({ incomplete: !inside, linkDown: !link.up })}
              onPress={() => void run()}
            >
              {t('copies.capsule.importNow')}
            </Button>
          )}
        </DialogFoot>
      }
    >
      <div className="form">
        <DropZone
          className="drop-zone"
          aria-label={t('copies.capsule.drop')}
          onDrop={(event) => {
            const [item] = event.items;
            if (item?.kind === 'file') void item.getFile().then((dropped) => upload.send(dropped));
          }}
        >
          <FileTrigger
            acceptedFileTypes={['.tt-capsule', '.tar']}
            onSelect={(list) => {
              const chosen = list?.[0];
              if (chosen) upload.send(chosen);
            }}
          >
            <Button icon={Upload}>{t('copies.capsule.choose')}</Button>
          </FileTrigger>
          <span className="muted">
            {file
              ? t('copies.capsule.chosen', { file: file.name, size: format.bytes(file.size) })
              : t('copies.capsule.drop')}
          </span>
        </DropZone>
        {sent && !inside && !upload.error && (
          <>
            <Progress label={t('copies.capsule.sending')} value={sent} />
            <span className="muted number">
              {sent.done === sent.total
                ? t('copies.capsule.looking')
                : t('copies.capsule.progress', { done: format.bytes(sent.done), total: format.bytes(sent.total) })}
            </span>
          </>
        )}
        {inside && (
          <>
            <p>
              {t('copies.capsule.inside', {
                count: inside.manifest.vms.length,
                env: inside.manifest.env.name,
                time: format.dateTime(inside.manifest.takenAt),
              })}
            </p>
            {inside.manifest.env.notes !== '' && <p className="muted">{inside.manifest.env.notes}</p>}
            <Field label={t('copies.name')} value={shownName} onChange={setName} error={nameError} mono />
            {inside.manifest.recordings && (
              <p className="muted">
                {t('recordings.inCapsule', {
                  list: inside.manifest.recordings
                    .map(({ vmName, lengthMs, hasKeys }) =>
                      t(hasKeys ? 'recordings.ofEnvWithKeys' : 'recordings.ofEnv', {
                        vm: shortVmName(vmName),
                        time: clockText(lengthMs),
                      }),
                    )
                    .join(' · '),
                })}
              </p>
            )}
            {ramProblem === null ? (
              <CheckField
                label={t('copies.capsule.withRam')}
                value={withRam}
                onChange={setWanted}
                {...(!madeHere && hasRam && { hint: t('copies.capsule.ramForeign') })}
              />
            ) : (
              <p className="muted">{t('copies.capsule.ramProblem', { reason: reasonWords(ramProblem, language) })}</p>
            )}
            <CheckField label={t('copies.fenced')} hint={t('copies.fencedHint')} value={fenced} onChange={setFenced} />
          </>
        )}
        {busy && <Progress label={t('copies.capsule.importNow')} value={making?.progress ?? null} />}
        {problem && <ErrorNotice error={toErrorRecord(problem)} />}
      </div>
    </Dialog>
  );
});

/** The capsule's own name, or the first free one like it. */
function freeName(wanted: string, isTaken: (name: string) => boolean): string {
  if (!isTaken(wanted)) return wanted;
  for (let number = 2; ; number++) if (!isTaken(`${wanted}-${number}`)) return `${wanted}-${number}`;
}
