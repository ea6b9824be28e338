// Settings of an ENV: title, notes, lifetime, and deleting it.
import { type Env, type TtError, toErrorRecord } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { type FormEvent, useState } from 'react';
import { Form } from 'react-aria-components';
import { Button } from '../components/Button.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { Field } from '../components/Field.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { LifetimeForm } from './LifetimeForm.tsx';

export const EnvSettings = observer(function EnvSettings({ env }: { env: Env }) {
  const { envs, view, toasts, link } = useStores();
  const t = useWords();
  const [title, setTitle] = useState(env.title);
  const [notes, setNotes] = useState(env.notes);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<TtError | null>(null);
  const changed = title !== env.title || notes !== env.notes;
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    const outcome = await envs.updateEnv(env.name, { title, notes });
    setBusy(false);
    setError(outcome.ok ? null : outcome.error);
    if (outcome.ok) toasts.say(t('envs.settingsSaved'));
  };
  return (
    <div className="settings">
      <Form className="form panel" onSubmit={(event) => void save(event)}>
        <Field
          label={t('envs.settingsTitle')}
          hint={t('envs.settingsTitleHint', { env: env.name })}
          value={title}
          onChange={setTitle}
          isDisabled={!link.up}
        />
        <Field label={t('envs.settingsNotes')} value={notes} onChange={setNotes} lines={4} isDisabled={!link.up} />
        {error && <ErrorNotice title={t('envs.settingsFailed', { env: env.name })} error={toErrorRecord(error)} />}
        <div>
          <Button kind="primary" type="submit" isBusy={busy} isDisabled={!changed || !link.up}>
            {t('common.save')}
          </Button>
        </div>
      </Form>
      <section className="panel" aria-label={t('envs.settingsLifetime')}>
        <h2>{t('envs.settingsLifetime')}</h2>
        <LifetimeForm env={env} />
      </section>
      <section className="panel" aria-label={t('envs.settingsDanger')}>
        <h2>{t('envs.settingsDanger')}</h2>
        <p className="muted">{t('envs.settingsDangerText')}</p>
        <div>
          <Button
            kind="danger"
            isDisabled={!link.up}
            onPress={() => view.open({ kind: 'deleteEnvs', names: [env.name] })}
          >
            {t('envs.delete')}
          </Button>
        </div>
      </section>
    </div>
  );
});
