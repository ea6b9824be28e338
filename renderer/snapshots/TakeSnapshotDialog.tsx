// Takes a snapshot: a suggested name, of the whole ENV or one machine, words, an expiry. Enter is enough.
import { isValidName, type TtError, toErrorRecord } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { type FormEvent, useState } from 'react';
import { Form, Radio, RadioGroup } from 'react-aria-components';
import { Button } from '../components/Button.tsx';
import { Dialog } from '../components/Dialog.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { Field } from '../components/Field.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { shortVmName } from '../state/vm-name.ts';
import { ExpiryField } from './ExpiryField.tsx';
import { suggestSnapshotName } from './snapshot-name.ts';

const WHOLE = 'whole';

export const TakeSnapshotDialog = observer(function TakeSnapshotDialog(props: {
  envName: string;
  vmId: string | null;
}) {
  const { envName, vmId } = props;
  const { snapshots, vms: vmStore, view, toasts, link } = useStores();
  const t = useWords();
  const format = useFormat();
  const vms = vmStore.ofEnv(envName);
  const [name, setName] = useState(() => suggestSnapshotName(snapshots.ofEnv(envName)));
  const [title, setTitle] = useState('');
  const [notes, setNotes] = useState('');
  const [minutes, setMinutes] = useState<number | null>(null);
  const [of, setOf] = useState<string>(vmId ?? WHOLE);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<TtError | null>(null);
  const nameError = isValidName(name) ? null : t('newEnv.nameInvalid');
  const take = async (event: FormEvent) => {
    event.preventDefault();
    if (nameError !== null || busy || !link.up) return;
    setBusy(true);
    const scope = of === WHOLE ? {} : { vmIds: [of] };
    const words = { ...(title === '' ? {} : { title }), ...(notes === '' ? {} : { notes }) };
    const expiry = minutes === null ? {} : { lifetimeS: minutes * 60 };
    const outcome = await snapshots.takeSnapshot({ envName, name, ...words, ...scope, ...expiry });
    setBusy(false);
    if (!outcome.ok) return setError(outcome.error);
    view.close();
    const ms = format.number(Math.round(outcome.value.pausedMs));
    toasts.say(t('snapshots.taken', { snapshot: name, ms }));
  };
  return (
    <Dialog
      title={t('snapshots.takeTitle')}
      onClose={() => view.close()}
      foot={
        <>
          <Button onPress={() => view.close()}>{t('common.cancel')}</Button>
          <Button kind="primary" type="submit" form="take-snapshot" isBusy={busy} whyNot={link.whyNot}>
            {t('snapshots.takeNow')}
          </Button>
        </>
      }
    >
      <Form id="take-snapshot" className="form" onSubmit={(event) => void take(event)}>
        <Field label={t('snapshots.name')} value={name} onChange={setName} error={nameError} mono autoFocus />
        <RadioGroup className="radios" aria-label={t('snapshots.scope')} value={of} onChange={setOf}>
          <Radio value={WHOLE} className="radio">
            {t('snapshots.wholeEnv', { count: vms.length })}
          </Radio>
          {vms.length > 1 &&
            vms.map((vm) => (
              <Radio key={vm.id} value={vm.id} className="radio mono">
                {shortVmName(vm.name)}
              </Radio>
            ))}
        </RadioGroup>
        <Field label={t('snapshots.title')} value={title} onChange={setTitle} />
        <Field label={t('snapshots.notes')} placeholder={t('snapshots.notesHint')} value={notes} onChange={setNotes} />
        <ExpiryField minutes={minutes} onChange={setMinutes} />
        {error && <ErrorNotice error={toErrorRecord(error)} />}
      </Form>
    </Dialog>
  );
});
