// Smaller dialogs about profiles and labs: clone, versions, and the questions before something is deleted.
import { isValidName } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { useState } from 'react';
import { Radio, RadioGroup } from 'react-aria-components';
import { Button } from '../components/Button.tsx';
import { Dialog } from '../components/Dialog.tsx';
import { Field } from '../components/Field.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { FormDialog } from './FormDialog.tsx';

export const CloneProfileDialog = observer(function CloneProfileDialog({ name }: { name: string }) {
  const { labs } = useStores();
  const t = useWords();
  const [newName, setNewName] = useState(`${name}-2`);
  return (
    <FormDialog
      title={t('labs.cloneTitle', { profile: name })}
      verb={t('labs.cloneNow')}
      isInvalid={!isValidName(newName)}
      submit={() => labs.cloneProfile(name, newName)}
      done={t('labs.saved', { name: newName })}
    >
      <p className="muted">{t('labs.cloneText')}</p>
      <Field
        label={t('labs.name')}
        value={newName}
        onChange={setNewName}
        error={isValidName(newName) ? null : t('newEnv.nameInvalid')}
        mono
        autoFocus
      />
    </FormDialog>
  );
});

export const VersionsDialog = observer(function VersionsDialog({ name }: { name: string }) {
  const { labs } = useStores();
  const t = useWords();
  const format = useFormat();
  const profile = labs.profiles.get(name);
  const [chosen, setChosen] = useState(String(profile?.version ?? 1));
  if (!profile) return null;
  return (
    <FormDialog
      title={t('labs.versionsOf', { profile: name })}
      verb={t('labs.useVersion')}
      width="normal"
      isInvalid={Number(chosen) === profile.version}
      submit={() => labs.rollBack(name, Number(chosen))}
      done={t('labs.rolledBack', { profile: name, version: chosen })}
    >
      <RadioGroup className="radios" aria-label={t('labs.versions')} value={chosen} onChange={setChosen}>
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

const AskBeforeDelete = observer(function AskBeforeDelete(props: { title: string; text: string; run: () => void }) {
  const { view, link } = useStores();
  const t = useWords();
  const remove = () => {
    view.close();
    props.run();
  };
  return (
    <Dialog
      role="alertdialog"
      title={props.title}
      onClose={() => view.close()}
      foot={
        <>
          <Button onPress={() => view.close()}>{t('common.cancel')}</Button>
          <Button kind="danger" whyNot={link.whyNot} autoFocus onPress={remove}>
            {t('common.delete')}
          </Button>
        </>
      }
    >
      <p>{props.text}</p>
    </Dialog>
  );
});
