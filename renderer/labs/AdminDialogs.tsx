// Opens the base of a profile for editing, and publishes the changes.
import { notesSchema } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { z } from 'zod';
import { CheckOf, TextOf } from '../forms/fields.tsx';
import { FormDialog } from '../forms/FormDialog.tsx';
import { useFormOf } from '../forms/use-form-of.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';

const openForm = z.object({ stopClients: z.boolean() });
const publishForm = z.object({ notes: notesSchema, force: z.boolean() });

export const OpenAdminDialog = observer(function OpenAdminDialog({ name }: { name: string }) {
  const { labs } = useStores();
  const t = useWords();
  const clients = labs.clientsOf(name);
  const form = useFormOf(openForm, { stopClients: false });
  const names = clients.map(({ envName }) => envName).join(', ');
  const isAsked = clients.length > 0 && !form.watch('stopClients');
  return (
    <FormDialog
      title={t('labs.openAdminOf', { profile: name })}
      verb={t('labs.openAdminNow')}
      form={form}
      whyNot={isAsked ? 'incomplete' : null}
      submit={({ stopClients }) => labs.openAdmin(name, stopClients)}
      done={() => t('labs.opened', { profile: name })}
    >
      <p>{t('labs.openAdminText')}</p>
      {clients.length > 0 && (
        <CheckOf
          control={form.control}
          name="stopClients"
          label={t('labs.stopClients', { count: clients.length })}
          hint={t('labs.stopClientsHint', { names })}
        />
      )}
    </FormDialog>
  );
});

export const PublishDialog = observer(function PublishDialog({ name }: { name: string }) {
  const { labs } = useStores();
  const t = useWords();
  const form = useFormOf(publishForm, { notes: '', force: false });
  return (
    <FormDialog
      title={t('labs.publishOf', { profile: name })}
      verb={t('labs.publishNow')}
      form={form}
      submit={({ notes, force }) => labs.publish(name, notes, force)}
      done={() => t('labs.published', { profile: name })}
    >
      <p>{t('labs.publishText')}</p>
      <TextOf control={form.control} name="notes" label={t('labs.whatIsNew')} autoFocus />
      <CheckOf control={form.control} name="force" label={t('labs.force')} hint={t('labs.forceHint')} />
    </FormDialog>
  );
});
