// Adds a terminal to a lab, or changes one: its assigned profile, and how it is identified.
import { type Lab, terminalFields } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { z } from 'zod';
import { PickerOf, TextOf } from '../forms/fields.tsx';
import { FormDialog } from '../forms/FormDialog.tsx';
import { nameField, useFormOf, word } from '../forms/use-form-of.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';

const USER_CHOOSES = '-';

const secretSchema = terminalFields.secret;

const terminalForm = z
  .object({
    terminalName: nameField,
    secret: z.string().refine((text) => text === '' || secretSchema.safeParse(text).success, word('labs.secretShort')),
    address: z.string().trim(),
    profileName: z.string(),
  })
  .transform(({ terminalName, secret, address, profileName }) => ({
    terminalName,
    address: address === '' ? null : address,
    ...(secret !== '' && { secret }),
    profileName: profileName === USER_CHOOSES ? null : profileName,
  }));

export interface TerminalDialogProps {
  labName: string;
  name: string | null;
}

export const TerminalDialog = observer(function TerminalDialog({ labName, name }: TerminalDialogProps) {
  const lab = useStores().labs.items.get(labName);
  return lab ? <TerminalForm lab={lab} name={name} /> : null;
});

const TerminalForm = observer(function TerminalForm({ lab, name: known }: { lab: Lab; name: string | null }) {
  const { labs } = useStores();
  const t = useWords();
  const terminal = lab.terminals.find((candidate) => candidate.name === known);
  const form = useFormOf(terminalForm, {
    terminalName: known ?? '',
    secret: '',
    address: terminal?.address ?? '',
    profileName: terminal?.profileName ?? lab.profileNames[0] ?? USER_CHOOSES,
  });
  const { control } = form;
  return (
    <FormDialog
      title={terminal ? t('labs.editTerminal') : t('labs.addTerminal')}
      verb={terminal ? t('common.save') : t('labs.make')}
      form={form}
      submit={(request) => labs.setTerminal({ name: lab.name, ...request })}
      done={(_, { terminalName }) => t('labs.saved', { name: terminalName })}
    >
      <p className="muted">{t('labs.terminalIs')}</p>
      <TextOf
        control={control}
        name="terminalName"
        label={t('labs.name')}
        whyNot={terminal ? 'fixed' : null}
        mono
        autoFocus
      />
      <TextOf
        control={control}
        name="secret"
        label={t('labs.secret')}
        hint={terminal?.hasSecret ? t('labs.secretKept') : t('labs.secretHint')}
        type="password"
        autoComplete="off"
      />
      <TextOf
        control={control}
        name="address"
        label={t('labs.address')}
        hint={t('labs.addressHint')}
        placeholder="192.0.2.7"
        mono
      />
      <PickerOf
        control={control}
        name="profileName"
        label={t('labs.profile')}
        options={[
          { value: USER_CHOOSES, label: t('labs.userChooses') },
          ...lab.profileNames.map((value) => ({ value, label: value })),
        ]}
      />
    </FormDialog>
  );
});
