// Changes a snapshot's name, words and expiry. Only what was changed is sent.
import { isValidName, type Snapshot, type TtError, toErrorRecord } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { type FormEvent, useState } from 'react';
import { Form } from 'react-aria-components';
import { firstReason } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { CheckField } from '../components/CheckField.tsx';
import { Dialog } from '../components/Dialog.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { Field } from '../components/Field.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { ExpiryField } from './ExpiryField.tsx';

export const EditSnapshotDialog = observer(function EditSnapshotDialog({ snapshotId }: { snapshotId: string }) {
  const { snapshots } = useStores();
  const snapshot = snapshots.get(snapshotId);
  return snapshot ? <EditForm snapshot={snapshot} /> : null;
});

const EditForm = observer(function EditForm({ snapshot }: { snapshot: Snapshot }) {
  const { snapshots, view, link } = useStores();
  const t = useWords();
  const format = useFormat();
  const [name, setName] = useState(snapshot.name);
  const [title, setTitle] = useState(snapshot.title);
  const [notes, setNotes] = useState(snapshot.notes ?? '');
  const [minutes, setMinutes] = useState<number | null>(null);
  const [keep, setKeep] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<TtError | null>(null);
  const nameError = isValidName(name) ? null : t('newEnv.nameInvalid');
  const { expiresAt } = snapshot;
  const change = {
    ...(name === snapshot.name ? {} : { newName: name }),
    ...(title === snapshot.title ? {} : { title }),
    ...(notes === (snapshot.notes ?? '') ? {} : { notes }),
    ...(minutes === null ? {} : { lifetimeS: minutes * 60 }),
    ...(keep ? { lifetimeS: null } : {}),
  };
  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (nameError !== null || busy || !link.up) return;
    setBusy(true);
    const outcome = await snapshots.updateSnapshot(snapshot, change);
    setBusy(false);
    if (outcome.ok) view.close();
    else setError(outcome.error);
  };
  return (
    <Dialog
      title={t('snapshots.editTitle', { snapshot: snapshot.name })}
      onClose={() => view.close()}
      foot={
        <>
          <Button onPress={() => view.close()}>{t('common.cancel')}</Button>
          <Button
            kind="primary"
            type="submit"
            form="edit-snapshot"
            isBusy={busy}
            whyNot={firstReason({ unchanged: Object.keys(change).length === 0, linkDown: !link.up })}
          >
            {t('common.save')}
          </Button>
        </>
      }
    >
      <Form id="edit-snapshot" className="form" onSubmit={(event) => void save(event)}>
        <Field label={t('snapshots.name')} value={name} onChange={setName} error={nameError} mono autoFocus />
        <Field label={t('snapshots.title')} value={title} onChange={setTitle} />
        <Field label={t('snapshots.notes')} value={notes} onChange={setNotes} lines={3} />
        {!keep && (
          <ExpiryField
            minutes={minutes}
            onChange={setMinutes}
            hint={
              expiresAt === null
                ? t('snapshots.expiryNone')
                : t('snapshots.expiryNow', { time: format.time(expiresAt) })
            }
          />
        )}
        {expiresAt !== null && <CheckField label={t('snapshots.expiryKeep')} value={keep} onChange={setKeep} />}
        {error && <ErrorNotice error={toErrorRecord(error)} />}
      </Form>
    </Dialog>
  );
});
