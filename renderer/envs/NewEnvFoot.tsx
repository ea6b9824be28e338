// Foot of the New ENV sheet: name (suggested), lifetime, Create.
import { isValidName } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { Button } from '../components/Button.tsx';
import { Choice } from '../components/Choice.tsx';
import { Field } from '../components/Field.tsx';
import { Kbd } from '../components/Kbd.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { clockText } from './clock-text.ts';
import { type LifetimeChoice, type NewEnvDraft, sixOClock } from './new-env-draft.ts';

export interface NewEnvFootProps {
  draft: NewEnvDraft;
  busy: boolean;
  onCreate: () => void;
}

export const NewEnvFoot = observer(function NewEnvFoot({ draft, busy, onCreate }: NewEnvFootProps) {
  const { envs, clock, link } = useStores();
  const t = useWords();
  const six = sixOClock(new Date(clock.now));
  const choices: { value: string; label: string; lifetime: LifetimeChoice }[] = [1, 4, 6].map((hours) => ({
    value: String(hours * 3600),
    label: t('newEnv.hours', { count: hours }),
    lifetime: { kind: 'seconds', seconds: hours * 3600 },
  }));
  if (six) {
    const until = { value: 'until', label: t('newEnv.until', { time: clockText(six) }) };
    choices.splice(2, 0, { ...until, lifetime: { kind: 'until', end: six } });
  }
  const { name, lifetime } = draft;
  const nameError = !isValidName(name)
    ? t('newEnv.nameInvalid')
    : envs.items.has(name) && !busy
      ? t('newEnv.nameTaken', { env: name })
      : null;
  const value = lifetime.kind === 'until' ? 'until' : String(lifetime.seconds);
  const ready = draft.groups.length > 0 && nameError === null && link.up;
  return (
    <footer className="dialog-foot sheet-foot">
      <Field label={t('newEnv.name')} value={name} onChange={(text) => draft.typeName(text)} error={nameError} mono />
      <div className="field">
        <span className="field-label">{t('newEnv.lifetime')}</span>
        <Choice
          label={t('newEnv.lifetime')}
          value={value}
          options={choices}
          onChange={(next) => {
            const choice = choices.find((option) => option.value === next);
            if (choice) draft.setLifetime(choice.lifetime);
          }}
        />
      </div>
      <span className="spacer" />
      <Button kind="primary" isBusy={busy} isDisabled={!ready} onPress={onCreate}>
        {draft.vmCount > 0 ? t('newEnv.createCount', { count: draft.vmCount }) : t('newEnv.create')}
        <Kbd keys="Ctrl-Enter" />
      </Button>
    </footer>
  );
});
