// Makes a lab, or changes one: which profiles it may use, how many seats, whether terminals get an answer.
import { isValidName } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { useState } from 'react';
import { CheckField } from '../components/CheckField.tsx';
import { Field } from '../components/Field.tsx';
import { OptionalNumber } from '../components/OptionalNumber.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { FormDialog } from './FormDialog.tsx';

const SEATS_DEFAULT = 20;

export const LabDialog = observer(function LabDialog({ name: known }: { name: string | null }) {
  const { labs } = useStores();
  const t = useWords();
  const lab = known === null ? undefined : labs.items.get(known);
  const [name, setName] = useState(known ?? '');
  const [title, setTitle] = useState(lab?.title ?? '');
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set(lab?.profileNames));
  const [seats, setSeats] = useState<number | null>(lab?.seats ?? SEATS_DEFAULT);
  const [minutes, setMinutes] = useState<number | null>(lab?.sessionLifetimeS ? lab.sessionLifetimeS / 60 : null);
  const [terminals, setTerminals] = useState(lab?.terminalsEnabled ?? false);
  const [starts, setStarts] = useState(lab?.terminalsStartSessions ?? false);
  const nameError = name === '' || isValidName(name) ? null : t('newEnv.nameInvalid');
  const request = {
    name,
    title,
    profileNames: labs.allProfiles.map((profile) => profile.name).filter((profile) => chosen.has(profile)),
    seats: seats ?? SEATS_DEFAULT,
    sessionLifetimeS: minutes === null ? null : minutes * 60,
    terminalsEnabled: terminals,
    terminalsStartSessions: starts,
  };
  const choose = (profile: string, isChosen: boolean) => {
    const next = new Set(chosen);
    if (isChosen) next.add(profile);
    else next.delete(profile);
    setChosen(next);
  };
  return (
    <FormDialog
      title={lab ? t('labs.editLabTitle', { lab: lab.name }) : t('labs.newLab')}
      verb={lab ? t('common.save') : t('labs.make')}
      isInvalid={!isValidName(name)}
      submit={() => (lab ? labs.updateLab(request) : labs.createLab(request))}
      done={t('labs.saved', { name })}
    >
      <Field
        label={t('labs.name')}
        value={name}
        onChange={setName}
        error={nameError}
        whyNot={lab ? 'fixed' : null}
        mono
        autoFocus
      />
      <Field label={t('labs.titleField')} value={title} onChange={setTitle} />
      <fieldset className="field lab-choices">
        <legend className="field-label">{t('labs.profilesField')}</legend>
        {labs.allProfiles.map((profile) => (
          <CheckField
            key={profile.name}
            label={profile.title === '' ? profile.name : `${profile.name}: ${profile.title}`}
            value={chosen.has(profile.name)}
            onChange={(isChosen) => choose(profile.name, isChosen)}
          />
        ))}
        {labs.allProfiles.length === 0 && <span className="field-hint">{t('labs.noProfileYet')}</span>}
      </fieldset>
      <OptionalNumber label={t('labs.seats')} value={seats} onChange={setSeats} min={1} max={2000} />
      <OptionalNumber
        label={t('labs.sessionMinutes')}
        hint={t('labs.sessionMinutesHint')}
        value={minutes}
        onChange={setMinutes}
        min={1}
        max={100_000}
      />
      <CheckField
        label={t('labs.enableTerminals')}
        hint={t('labs.enableTerminalsHint')}
        value={terminals}
        onChange={setTerminals}
      />
      <CheckField
        label={t('labs.terminalsStart')}
        hint={t('labs.terminalsStartHint')}
        value={starts}
        onChange={setStarts}
        whyNot={terminals ? null : 'terminalsOff'}
      />
    </FormDialog>
  );
});
