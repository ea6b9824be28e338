// Creates or changes a lab: allowed profiles, seats, whether terminals are enabled.
import { labFields, titleSchema } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { z } from 'zod';
import { CheckField } from '../components/CheckField.tsx';
import { CheckOf, NumberOf, TextOf, useFieldOf } from '../forms/fields.tsx';
import { FormDialog } from '../forms/FormDialog.tsx';
import { limitsOf } from '../forms/limits.ts';
import { type FormState, nameField, useFormOf } from '../forms/use-form-of.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';

const SEATS_DEFAULT = 20;
const MINUTES = { min: 1, max: 100_000 };

const labForm = z
  .object({
    name: nameField,
    title: titleSchema,
    profileNames: z.array(z.string()),
    seats: z.number().nullable(),
    sessionMinutes: z.number().nullable(),
    terminalsEnabled: z.boolean(),
    terminalsStartSessions: z.boolean(),
  })
  .transform(({ sessionMinutes, seats, ...lab }) => ({
    ...lab,
    seats: seats ?? SEATS_DEFAULT,
    sessionLifetimeS: sessionMinutes === null ? null : sessionMinutes * 60,
  }));
type LabValues = z.input<typeof labForm>;

export const LabDialog = observer(function LabDialog({ name: known }: { name: string | null }) {
  const { labs } = useStores();
  const t = useWords();
  const lab = known === null ? undefined : labs.items.get(known);
  const form = useFormOf(labForm, {
    name: known ?? '',
    title: lab?.title ?? '',
    profileNames: lab?.profileNames ?? [],
    seats: lab?.seats ?? SEATS_DEFAULT,
    sessionMinutes: lab?.sessionLifetimeS ? lab.sessionLifetimeS / 60 : null,
    terminalsEnabled: lab?.terminalsEnabled ?? false,
    terminalsStartSessions: lab?.terminalsStartSessions ?? false,
  });
  const { control, watch } = form;
  return (
    <FormDialog
      title={lab ? t('labs.editLabTitle', { lab: lab.name }) : t('labs.newLab')}
      verb={lab ? t('common.save') : t('labs.make')}
      form={form}
      submit={(request) => (lab ? labs.updateLab(request) : labs.createLab(request))}
      done={(_, { name }) => t('labs.saved', { name })}
    >
      <TextOf control={control} name="name" label={t('labs.name')} whyNot={lab ? 'fixed' : null} mono autoFocus />
      <TextOf control={control} name="title" label={t('labs.titleField')} />
      <ProfileChecks control={control} />
      <NumberOf control={control} name="seats" label={t('labs.seats')} {...limitsOf(labFields.seats)} />
      <NumberOf
        control={control}
        name="sessionMinutes"
        label={t('labs.sessionMinutes')}
        hint={t('labs.sessionMinutesHint')}
        {...MINUTES}
      />
      <CheckOf
        control={control}
        name="terminalsEnabled"
        label={t('labs.enableTerminals')}
        hint={t('labs.enableTerminalsHint')}
      />
      <CheckOf
        control={control}
        name="terminalsStartSessions"
        label={t('labs.terminalsStart')}
        hint={t('labs.terminalsStartHint')}
        whyNot={watch('terminalsEnabled') ? null : 'terminalsOff'}
      />
    </FormDialog>
  );
});

const ProfileChecks = observer(function ProfileChecks({ control }: Pick<FormState<LabValues>, 'control'>) {
  const { labs } = useStores();
  const t = useWords();
  const { value: chosen, onChange } = useFieldOf<LabValues, string[]>({ control, name: 'profileNames' });
  const names = labs.allProfiles.map(({ name }) => name);
  const choose = (profile: string, isChosen: boolean) =>
    onChange(names.filter((name) => (name === profile ? isChosen : chosen.includes(name))));
  return (
    <fieldset className="field lab-choices">
      <legend className="field-label">{t('labs.profilesField')}</legend>
      {labs.allProfiles.map(({ name, title }) => (
        <CheckField
          key={name}
          label={title === '' ? name : `${name}: ${title}`}
          value={chosen.includes(name)}
          onChange={(isChosen) => choose(name, isChosen)}
        />
      ))}
      {names.length === 0 && <span className="field-hint">{t('labs.noProfileYet')}</span>}
    </fieldset>
  );
});
