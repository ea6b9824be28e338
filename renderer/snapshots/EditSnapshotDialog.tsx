// Changes a snapshot's name, words and expiry. Only what was changed is sent.
import { automaticSnapshot, notesSchema, type Snapshot, titleSchema } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { z } from 'zod';
import { WaitingDialog } from '../components/WaitingDialog.tsx';
import { CheckOf, TextOf } from '../forms/fields.tsx';
import { FormDialog } from '../forms/FormDialog.tsx';
import { nameField, useFormOf } from '../forms/use-form-of.ts';
import { useFormat } from '../i18n/format.ts';
import { snapshotLabel, useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { useWhole } from '../state/use-whole.ts';
import { ExpiryOf } from './ExpiryField.tsx';

const snapshotForm = z.object({
  name: nameField,
  title: titleSchema,
  notes: notesSchema,
  minutes: z.number().nullable(),
  keep: z.boolean(),
});
type SnapshotValues = z.output<typeof snapshotForm>;
/** Of one that nobody named: its field is empty, and may stay so. */
const unnamedForm = snapshotForm.extend({ name: nameField.or(z.literal('')) });

export const EditSnapshotDialog = observer(function EditSnapshotDialog({ snapshotId }: { snapshotId: string }) {
  const { snapshots } = useStores();
  const snapshot = snapshots.get(snapshotId);
  return snapshot ? <EditWhole snapshot={snapshot} /> : null;
});

const EditWhole = observer(function EditWhole({ snapshot }: { snapshot: Snapshot }) {
  const { snapshots, view } = useStores();
  const t = useWords();
  const { whole, error } = useWhole(snapshot, snapshots.whole);
  if (whole) return <EditForm snapshot={whole} />;
  const title = t('snapshots.editTitle', { snapshot: snapshot.name });
  return <WaitingDialog title={title} error={error} onClose={() => view.close()} />;
});

const EditForm = observer(function EditForm({ snapshot }: { snapshot: Snapshot }) {
  const { snapshots } = useStores();
  const t = useWords();
  const format = useFormat();
  const { name, title, notes = '', expiresAt } = snapshot;
  const isNamed = automaticSnapshot(name) === null;
  const initial = { name: isNamed ? name : '', title, notes, minutes: null, keep: false };
  const form = useFormOf(isNamed ? snapshotForm : unnamedForm, initial);
  const { control, watch } = form;
  const values = watch();
  const isUnchanged = Object.keys(changeOf(snapshot, values)).length === 0;
  return (
    <FormDialog
      title={t('snapshots.editTitle', { snapshot: name })}
      verb={t('common.save')}
      form={form}
      whyNot={isUnchanged ? 'unchanged' : null}
      submit={(wanted) => snapshots.updateSnapshot(snapshot, changeOf(snapshot, wanted))}
      done={() => null}
    >
      <TextOf
        control={control}
        name="name"
        label={t('snapshots.name')}
        {...(!isNamed && { placeholder: snapshotLabel(name) })}
        mono
        autoFocus
      />
      <TextOf control={control} name="title" label={t('snapshots.title')} />
      <TextOf control={control} name="notes" label={t('snapshots.notes')} lines={3} />
      {!values.keep && (
        <ExpiryOf
          control={control}
          name="minutes"
          hint={
            expiresAt === null ? t('snapshots.expiryNone') : t('snapshots.expiryNow', { time: format.time(expiresAt) })
          }
        />
      )}
      {expiresAt !== null && <CheckOf control={control} name="keep" label={t('snapshots.expiryKeep')} />}
    </FormDialog>
  );
});

/** What differs from what the snapshot has. */
function changeOf(snapshot: Snapshot, { name, title, notes, minutes, keep }: SnapshotValues) {
  return {
    ...(name === '' || name === snapshot.name ? {} : { newName: name }),
    ...(title === snapshot.title ? {} : { title }),
    ...(notes === (snapshot.notes ?? '') ? {} : { notes }),
    ...(minutes === null ? {} : { lifetimeS: minutes * 60 }),
    ...(keep ? { lifetimeS: null } : {}),
  };
}
