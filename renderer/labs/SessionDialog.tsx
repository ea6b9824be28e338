// Starts a session in a lab: from which profile, for which terminal.
import type { Lab } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { z } from 'zod';
import { Picker } from '../components/Picker.tsx';
import { PickerOf, TextOf } from '../forms/fields.tsx';
import { FormDialog } from '../forms/FormDialog.tsx';
import { useFormOf } from '../forms/use-form-of.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';

const NO_TERMINAL = '-';

const sessionForm = z
  .object({ profileName: z.string().min(1), terminal: z.string(), sessionName: z.string() })
  .transform(({ profileName, terminal, sessionName }) => ({
    profileName,
    ...(sessionName !== '' && { sessionName }),
    ...(terminal !== NO_TERMINAL && { terminalName: terminal }),
  }));

export interface SessionDialogProps {
  labName: string;
  terminalName: string | null;
}

export const SessionDialog = observer(function SessionDialog({ labName, terminalName }: SessionDialogProps) {
  const lab = useStores().labs.items.get(labName);
  return lab ? <SessionForm lab={lab} terminalName={terminalName} /> : null;
});

const SessionForm = observer(function SessionForm({ lab, terminalName }: { lab: Lab; terminalName: string | null }) {
  const { labs } = useStores();
  const t = useWords();
  const assigned = (name: string | null) => lab.terminals.find((terminal) => terminal.name === name)?.profileName;
  const form = useFormOf(sessionForm, {
    profileName: assigned(terminalName) ?? lab.profileNames[0] ?? '',
    terminal: terminalName ?? NO_TERMINAL,
    sessionName: '',
  });
  const { control, watch, setValue } = form;
  const terminal = watch('terminal');
  const free = lab.terminals.filter(
    ({ name }) => !labs.sessionsOf(lab.name).some((session) => session.terminalName === name),
  );
  const take = (next: string) => {
    setValue('terminal', next);
    const profileName = assigned(next);
    if (profileName) setValue('profileName', profileName, { shouldValidate: true });
  };
  return (
    <FormDialog
      title={t('labs.startSessionIn', { lab: lab.name })}
      verb={t('labs.startSession')}
      form={form}
      submit={(request) => labs.startSession({ name: lab.name, ...request })}
      done={() => t('labs.sessionStarted', { lab: lab.name })}
    >
      <p className="muted">{t('labs.sessionForgets')}</p>
      <PickerOf
        control={control}
        name="profileName"
        label={t('labs.profile')}
        options={lab.profileNames.map((value) => ({ value, label: value }))}
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
      <TextOf
        control={control}
        name="sessionName"
        label={t('labs.name')}
        placeholder={terminal === NO_TERMINAL ? t('labs.nextSeat') : terminal}
        mono
        autoFocus
      />
    </FormDialog>
  );
});
