// Smaller dialogs about profiles and labs: clone, versions, and the questions before something is deleted or ended.
import type { Profile } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { Radio, RadioGroup } from 'react-aria-components';
import { z } from 'zod';
import { AskBeforeDelete } from '../forms/AskBeforeDelete.tsx';
import { TextOf, useFieldOf } from '../forms/fields.tsx';
import { FormDialog } from '../forms/FormDialog.tsx';
import { nameField, useFormOf } from '../forms/use-form-of.ts';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';

const cloneForm = z.object({ newName: nameField });
const versionForm = z.object({ version: z.string() });

export const CloneProfileDialog = observer(function CloneProfileDialog({ name }: { name: string }) {
  const { labs } = useStores();
  const t = useWords();
  const form = useFormOf(cloneForm, { newName: `${name}-2` });
  return (
    <FormDialog
      title={t('labs.cloneTitle', { profile: name })}
      verb={t('labs.cloneNow')}
      form={form}
      submit={({ newName }) => labs.cloneProfile(name, newName)}
      done={(_, { newName }) => t('labs.saved', { name: newName })}
    >
      <p className="muted">{t('labs.cloneText')}</p>
      <TextOf control={form.control} name="newName" label={t('labs.name')} mono autoFocus />
    </FormDialog>
  );
});

export const VersionsDialog = observer(function VersionsDialog({ name }: { name: string }) {
  const profile = useStores().labs.profiles.get(name);
  return profile ? <VersionsForm profile={profile} /> : null;
});

const VersionsForm = observer(function VersionsForm({ profile }: { profile: Profile }) {
  const { labs } = useStores();
  const t = useWords();
  const format = useFormat();
  const form = useFormOf(versionForm, { version: String(profile.version) });
  const { value: chosen, onChange } = useFieldOf<{ version: string }, string>({
    control: form.control,
    name: 'version',
  });
  return (
    <FormDialog
      title={t('labs.versionsOf', { profile: profile.name })}
      verb={t('labs.useVersion')}
      width="normal"
      form={form}
      whyNot={Number(chosen) === profile.version ? 'unchanged' : null}
      submit={({ version }) => labs.rollBack(profile.name, Number(version))}
      done={(_, { version }) => t('labs.rolledBack', { profile: profile.name, version })}
    >
      <RadioGroup className="radios" aria-label={t('labs.versions')} value={chosen} onChange={onChange}>
        {profile.versions.toReversed().map(({ version, publishedAt, publishedBy, sizeBytes, isImage, notes }) => (
          <Radio key={version} value={String(version)} className="radio">
            {[
              t('labs.versionLine', { version, by: publishedBy, at: new Date(publishedAt).toLocaleString() }),
              isImage ? t('labs.isImage') : format.bytes(sizeBytes),
              version === profile.version && t('labs.inUse'),
              notes,
            ]
              .filter((part) => typeof part === 'string' && part !== '')
              .join(' · ')}
          </Radio>
        ))}
      </RadioGroup>
      <p className="muted">{t('labs.versionsText', { count: profile.keptVersions })}</p>
    </FormDialog>
  );
});

export const DeleteProfileDialog = observer(function DeleteProfileDialog({ name }: { name: string }) {
  const { labs } = useStores();
  const t = useWords();
  return (
    <AskBeforeDelete
      title={t('labs.deleteTitle', { name })}
      text={t('labs.deleteProfileText')}
      run={() => void labs.deleteProfile(name)}
    />
  );
});

export const EndSessionDialog = observer(function EndSessionDialog(props: { labName: string; sessionName: string }) {
  const { labName, sessionName } = props;
  const { labs } = useStores();
  const t = useWords();
  return (
    <AskBeforeDelete
      title={t('labs.endSessionTitle', { session: sessionName })}
      text={t('labs.endSessionText')}
      verb={t('labs.endSessionNow')}
      run={() => void labs.stopSession(labName, sessionName)}
    />
  );
});

export const DeleteLabDialog = observer(function DeleteLabDialog({ name }: { name: string }) {
  const { labs } = useStores();
  const t = useWords();
  return (
    <AskBeforeDelete
      title={t('labs.deleteTitle', { name })}
      text={t('labs.deleteLabText')}
      run={() => void labs.deleteLab(name)}
    />
  );
});
