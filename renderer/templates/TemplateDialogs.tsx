// Smaller dialogs about templates: another name, and the question before one is deleted.
import { observer } from 'mobx-react-lite';
import { z } from 'zod';
import { AskBeforeDelete } from '../forms/AskBeforeDelete.tsx';
import { TextOf } from '../forms/fields.tsx';
import { FormDialog } from '../forms/FormDialog.tsx';
import { nameField, useFormOf } from '../forms/use-form-of.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';

const renameForm = z.object({ newName: nameField });

export const RenameTemplateDialog = observer(function RenameTemplateDialog({ name }: { name: string }) {
  const { templates } = useStores();
  const t = useWords();
  const form = useFormOf(renameForm, { newName: name });
  const { isDirty } = form.formState;
  return (
    <FormDialog
      title={t('templates.renameTitle', { template: name })}
      verb={t('templates.renameNow')}
      form={form}
      whyNot={isDirty ? null : 'unchanged'}
      submit={({ newName }) => templates.rename(name, newName)}
      done={(_, { newName }) => t('templates.renamed', { template: name, name: newName })}
    >
      <TextOf control={form.control} name="newName" label={t('templates.name')} mono autoFocus />
    </FormDialog>
  );
});

export const DeleteTemplateDialog = observer(function DeleteTemplateDialog({ name }: { name: string }) {
  const { templates } = useStores();
  const t = useWords();
  return (
    <AskBeforeDelete
      title={t('templates.deleteTitle', { template: name })}
      text={t('templates.deleteText')}
      run={() => void templates.remove(name)}
    />
  );
});
