// Opens the base of a profile for change, and publishes what was changed.
import { observer } from 'mobx-react-lite';
import { useState } from 'react';
import { CheckField } from '../components/CheckField.tsx';
import { Field } from '../components/Field.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { FormDialog } from './FormDialog.tsx';

export const OpenAdminDialog = observer(function OpenAdminDialog({ name }: { name: string }) {
  const { labs } = useStores();
  const t = useWords();
  const clients = labs.clientsOf(name);
  const [stopClients, setStopClients] = useState(false);
  const names = clients.map(({ envName }) => envName).join(', ');
  return (
    <FormDialog
      title={t('labs.openAdminOf', { profile: name })}
      verb={t('labs.openAdminNow')}
      isInvalid={clients.length > 0 && !stopClients}
      submit={() => labs.openAdmin(name, stopClients)}
      done={t('labs.opened', { profile: name })}
    >
      <p>{t('labs.openAdminText')}</p>
      {clients.length > 0 && (
        <CheckField
          label={t('labs.stopClients', { count: clients.length })}
          hint={t('labs.stopClientsHint', { names })}
          value={stopClients}
          onChange={setStopClients}
        />
      )}
    </FormDialog>
  );
});

export const PublishDialog = observer(function PublishDialog({ name }: { name: string }) {
  const { labs } = useStores();
  const t = useWords();
  const [notes, setNotes] = useState('');
  const [force, setForce] = useState(false);
  return (
    <FormDialog
      title={t('labs.publishOf', { profile: name })}
      verb={t('labs.publishNow')}
      submit={() => labs.publish(name, notes, force)}
      done={t('labs.published', { profile: name })}
    >
      <p>{t('labs.publishText')}</p>
      <Field label={t('labs.whatIsNew')} value={notes} onChange={setNotes} autoFocus />
      <CheckField label={t('labs.force')} hint={t('labs.forceHint')} value={force} onChange={setForce} />
    </FormDialog>
  );
});
