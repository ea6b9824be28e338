// Settings of an ENV: its texts and end policy, lifetime, scheduled snapshots, and deleting it.
import type { Env } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { ActionButton } from '../components/ActionButton.tsx';
import { firstReason } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { useWords } from '../i18n/index.ts';
import { ScheduleForm } from '../snapshots/ScheduleForm.tsx';
import { useStores } from '../state/stores-context.ts';
import { envActions } from './actions.ts';
import { EnvForm } from './EnvForm.tsx';
import { LifetimeForm } from './LifetimeForm.tsx';

export const EnvSettings = observer(function EnvSettings({ env }: { env: Env }) {
  const stores = useStores();
  const { toasts, link, rights } = stores;
  const t = useWords();
  const { delete: remove } = envActions(stores, env, t);
  return (
    <div className="settings">
      <div className="settings-column">
        <section className="panel" aria-label={t('envs.tabs.settings')}>
          <EnvForm env={env} id="env-settings" onSaved={() => toasts.say(t('envs.settingsSaved'))}>
            {({ busy, changed, stops }) => (
              <div>
                <Button
                  kind="primary"
                  type="submit"
                  isBusy={busy}
                  whyNot={rights.whyNot('env.update') ?? firstReason({ unchanged: !changed, linkDown: !link.up })}
                >
                  {stops ? t('machines.changeStopped') : t('common.save')}
                </Button>
              </div>
            )}
          </EnvForm>
        </section>
      </div>
      <div className="settings-column">
        <section className="panel" aria-label={t('envs.settingsLifetime')}>
          <h2>{t('envs.settingsLifetime')}</h2>
          <LifetimeForm env={env} />
        </section>
        <section className="panel" aria-label={t('snapshots.schedule')}>
          <h2>{t('snapshots.schedule')}</h2>
          <ScheduleForm env={env} />
        </section>
        <section className="panel" aria-label={t('envs.settingsDanger')}>
          <h2>{t('envs.settingsDanger')}</h2>
          <p className="muted">{t('envs.settingsDangerText')}</p>
          <div>
            <ActionButton kind="danger" action={remove} />
          </div>
        </section>
      </div>
    </div>
  );
});
