// Takes a snapshot: a suggested name, of the whole ENV or one machine, words, an expiry. Enter is enough.
import { notesSchema, titleSchema, type Vm } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { useState } from 'react';
import { z } from 'zod';
import { TextOf, useFieldOf } from '../forms/fields.tsx';
import { FormDialog } from '../forms/FormDialog.tsx';
import { nameField, useFormOf } from '../forms/use-form-of.ts';
import { type Translate, useWords } from '../i18n/index.ts';
import { someNames } from '../i18n/some-names.ts';
import { MachineRadios } from './MachineRadios.tsx';
import { useStores } from '../state/stores-context.ts';
import { shortVmName } from '../state/vm-name.ts';
import { ExpiryOf } from './ExpiryField.tsx';
import { suggestSnapshotName } from './snapshot-name.ts';

const WHOLE = 'whole';

const snapshotForm = z
  .object({
    name: nameField,
    title: titleSchema,
    notes: notesSchema,
    minutes: z.number().nullable(),
    of: z.string().describe('WHOLE, or the id of a VM.'),
  })
  .transform(({ name, title, notes, minutes, of }) => ({
    name,
    ...(title === '' ? {} : { title }),
    ...(notes === '' ? {} : { notes }),
    ...(minutes === null ? {} : { lifetimeS: minutes * 60 }),
    ...(of === WHOLE ? {} : { vmIds: [of] }),
  }));

export const TakeSnapshotDialog = observer(function TakeSnapshotDialog(props: {
  envName: string;
  vmId: string | null;
  /** Of several machines: which they are was chosen before. */
  vmIds?: readonly string[] | undefined;
}) {
  const { envName, vmId, vmIds } = props;
  const { snapshots, takes, vms: vmStore } = useStores();
  const t = useWords();
  const vms = vmStore.ofEnv(envName);
  const [name] = useState(() => suggestSnapshotName(snapshots.ofEnv(envName)));
  const form = useFormOf(snapshotForm, { name, title: '', notes: '', minutes: null, of: vmId ?? WHOLE });
  const { control } = form;
  const { value: of, onChange: setOf } = useFieldOf<z.input<typeof snapshotForm>, string>({ control, name: 'of' });
  return (
    <FormDialog
      title={t('snapshots.takeTitle')}
      verb={t('snapshots.takeNow')}
      form={form}
      submit={(request) => takes.take({ envName, ...request, ...(vmIds && { vmIds: [...vmIds] }) })}
      // It is saved behind this dialog: the shelf and the card show how far, a message how it ended.
      done={() => null}
    >
      <TextOf control={control} name="name" label={t('snapshots.name')} mono autoFocus />
      {vmIds ? (
        <p>
          <span className="muted">{t('snapshots.scope')}: </span>
          <span className="mono">{namesOf(vms, vmIds, t)}</span>
        </p>
      ) : (
        <MachineRadios
          label={t('snapshots.scope')}
          all={{ value: WHOLE, label: t('snapshots.wholeEnv', { count: vms.length }) }}
          machines={vms}
          value={of}
          onChange={setOf}
        />
      )}
      <TextOf control={control} name="title" label={t('snapshots.title')} />
      <TextOf control={control} name="notes" label={t('snapshots.notes')} placeholder={t('snapshots.notesHint')} />
      <ExpiryOf control={control} name="minutes" />
    </FormDialog>
  );
});

function namesOf(vms: readonly Vm[], vmIds: readonly string[], t: Translate): string {
  const names = vms.flatMap(({ id, name }) => (vmIds.includes(id) ? [shortVmName(name)] : []));
  return someNames(names, t);
}
