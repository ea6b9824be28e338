// Adds a terminal to a lab, or changes one: what it is assigned, and how it is known.
import { isValidName } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { useState } from 'react';
import { Field } from '../components/Field.tsx';
import { Picker } from '../components/Picker.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { FormDialog } from './FormDialog.tsx';

const USER_CHOOSES = '-';
const SECRET_MIN = 8;

export interface TerminalDialogProps {
  labName: string;
  name: string | null;
}

export const TerminalDialog = observer(function TerminalDialog({ labName, name: known }: TerminalDialogProps) {
  const { labs } = useStores();
  const t = useWords();
  const lab = labs.items.get(labName);
  const terminal = lab?.terminals.find((candidate) => candidate.name === known);
  const [name, setName] = useState(known ?? '');
  const [address, setAddress] = useState(terminal?.address ?? '');
  const [secret, setSecret] = useState('');
  const [profileName, setProfileName] = useState(terminal?.profileName ?? lab?.profileNames[0] ?? USER_CHOOSES);
  if (!lab) return null;
  const nameError = name === '' || isValidName(name) ? null : t('newEnv.nameInvalid');
  const secretError = secret === '' || secret.length >= SECRET_MIN ? null : t('labs.secretShort');
  const request = {
    name: labName,
    terminalName: name,
    address: address.trim() === '' ? null : address.trim(),
    ...(secret !== '' && { secret }),
    profileName: profileName === USER_CHOOSES ? null : profileName,
  };
  return (
    <FormDialog
      title={terminal ? t('labs.editTerminal') : t('labs.addTerminal')}
      verb={terminal ? t('common.save') : t('labs.make')}
      isInvalid={!isValidName(name) || secretError !== null}
      submit={() => labs.setTerminal(request)}
      done={t('labs.saved', { name })}
    >
      <p className="muted">{t('labs.terminalIs')}</p>
      <Field
        label={t('labs.name')}
        value={name}
        onChange={setName}
        error={nameError}
        whyNot={terminal ? 'fixed' : null}
        mono
        autoFocus
      />
      <Field
        label={t('labs.secret')}
        hint={terminal?.hasSecret ? t('labs.secretKept') : t('labs.secretHint')}
        value={secret}
        onChange={setSecret}
        error={secretError}
        type="password"
        autoComplete="off"
      />
      <Field
        label={t('labs.address')}
        hint={t('labs.addressHint')}
        placeholder="192.0.2.7"
        value={address}
        onChange={setAddress}
        mono
      />
      <Picker
        label={t('labs.profile')}
        value={profileName}
        options={[
          { value: USER_CHOOSES, label: t('labs.userChooses') },
          ...lab.profileNames.map((value) => ({ value, label: value })),
        ]}
        onChange={setProfileName}
      />
    </FormDialog>
  );
});
