// Changing the name and colour of a connection, and the question before one is removed.
import { observer } from 'mobx-react-lite';
import { z } from 'zod';
import { type ConnectionColor, connectionColors, type ConnectionView } from '../bridge.ts';
import { AskBeforeDelete } from '../forms/AskBeforeDelete.tsx';
import { TextOf, useFieldOf } from '../forms/fields.tsx';
import { FormDialog } from '../forms/FormDialog.tsx';
import { useFormOf } from '../forms/use-form-of.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { CertificateNote } from './CertificateNote.tsx';
import { ColorField } from './ColorField.tsx';
import type { ConnectionStore } from './connection-store.ts';
import { connectionName } from './connection-words.ts';
import { MAX_NAME_LENGTH } from './new-server.ts';

const editForm = z.object({ name: z.string().max(MAX_NAME_LENGTH), color: z.enum(connectionColors) });

export const EditConnectionDialog = observer(function EditConnectionDialog({ id }: { id: string }) {
  const { connections } = useStores();
  const connection = connections?.get(id);
  return connections && connection ? <EditForm connections={connections} connection={connection} /> : null;
});

const EditForm = observer(function EditForm({
  connections,
  connection,
}: {
  connections: ConnectionStore;
  connection: ConnectionView;
}) {
  const t = useWords();
  const { id, kind, name, color } = connection;
  const form = useFormOf(editForm, { name, color });
  const chosen = useFieldOf<{ name: string; color: ConnectionColor }, ConnectionColor>({
    control: form.control,
    name: 'color',
  });
  return (
    <FormDialog
      title={t('connections.editTitle', { name: connectionName(connection, t) })}
      verb={t('common.save')}
      needsLink={false}
      form={form}
      submit={(values) => connections.change(id, values.name, values.color)}
      done={() => null}
    >
      {kind === 'server' && (
        <TextOf
          control={form.control}
          name="name"
          label={t('connections.name')}
          hint={t('connections.nameHint')}
          autoFocus
        />
      )}
      <ColorField value={chosen.value} onChange={chosen.onChange} />
      {kind === 'server' && <CertificateNote connections={connections} id={id} />}
    </FormDialog>
  );
});

export const RemoveConnectionDialog = observer(function RemoveConnectionDialog({ id }: { id: string }) {
  const { connections, toasts } = useStores();
  const t = useWords();
  const connection = connections?.get(id);
  if (!connections || !connection) return null;
  const remove = async () => {
    const outcome = await connections.remove(id);
    if (!outcome.ok) toasts.fail(t('connections.failed'), outcome.error);
  };
  return (
    <AskBeforeDelete
      title={t('connections.removeTitle', { name: connectionName(connection, t) })}
      text={t('connections.removeText')}
      verb={t('connections.remove')}
      needsLink={false}
      run={() => void remove()}
    />
  );
});
