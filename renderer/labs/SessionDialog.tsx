// Starts a session in a lab: from which profile, for which terminal.
import { observer } from 'mobx-react-lite';
import { useState } from 'react';
import { Field } from '../components/Field.tsx';
import { Picker } from '../components/Picker.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { FormDialog } from './FormDialog.tsx';

const NO_TERMINAL = '-';

export interface SessionDialogProps {
  labName: string;
  terminalName: string | null;
}

export const SessionDialog = observer(function SessionDialog({ labName, terminalName }: SessionDialogProps) {
  const { labs } = useStores();
  const t = useWords();
  const lab = labs.items.get(labName);
  const assigned = (name: string | null) => lab?.terminals.find((terminal) => terminal.name === name)?.profileName;
  const [terminal, setTerminal] = useState(terminalName ?? NO_TERMINAL);
  const [profileName, setProfileName] = useState(assigned(terminalName) ?? lab?.profileNames[0] ?? '');
  const [sessionName, setSessionName] = useState('');
  if (!lab) return null;
  const free = lab.terminals.filter(
    ({ name }) => !labs.sessionsOf(labName).some((session) => session.terminalName === name),
  );
  const take = (next: string) => {
    setTerminal(next);
    setProfileName(assigned(next) ?? profileName);
  };
  const request = {
    name: labName,
    profileName,
    ...(sessionName !== '' && { sessionName }),
    ...(terminal !== NO_TERMINAL && { terminalName: terminal }),
  };
  return (
    <FormDialog
      title={t('labs.startSessionIn', { lab: labName })}
      verb={t('labs.startSession')}
      isInvalid={profileName === ''}
      submit={() => labs.startSession(request)}
      done={t('labs.sessionStarted', { lab: labName })}
    >
      <p className="muted">{t('labs.sessionForgets')}</p>
      <Picker
        label={t('labs.profile')}
        value={profileName}
        options={lab.profileNames.map((value) => ({ value, label: value }))}
        onChange={setProfileName}
      />
      {free.length > 0 && (
        <Picker
          label={t('labs.terminal')}
          value={terminal}
          options={[
            { value: NO_TERMINAL, label: t('common.none') },
            ...free.map(({ name }) => ({ value: name, label: name })),
          ]}
          onChange={take}
        />
      )}
      <Field
        label={t('labs.name')}
        placeholder={terminal === NO_TERMINAL ? t('labs.nextSeat') : terminal}
        value={sessionName}
        onChange={setSessionName}
        mono
      />
    </FormDialog>
  );
});
