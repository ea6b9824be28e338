// Edit an ENV: its texts, end policy, outgoing connections. Key E on its page; the same form as its Settings tab.
import { observer } from 'mobx-react-lite';
import { firstReason } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { Dialog } from '../components/Dialog.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { EnvForm } from './EnvForm.tsx';

export const EditEnvDialog = observer(function EditEnvDialog({ envName }: { envName: string }) {
  const { envs, view, toasts, link } = useStores();
  const t = useWords();
  const env = envs.get(envName);
  if (!env) return null;
  const saved = () => {
    view.close();
    toasts.say(t('envs.settingsSaved'));
  };
  return (
    <Dialog title={t('envs.editTitle', { env: envName })} width="normal" onClose={() => view.close()}>
      <EnvForm env={env} id="edit-env" autoFocus onSaved={saved}>
        {({ busy, changed, stops }) => (
          <div className="form-foot">
            <Button onPress={() => view.open({ kind: 'lifetime', envName })}>{t('endings.changeLifetime')}</Button>
            <span className="spacer" />
            <Button onPress={() => view.close()}>{t('common.cancel')}</Button>
            <Button
              kind="primary"
              type="submit"
              isBusy={busy}
              whyNot={firstReason({ unchanged: !changed, linkDown: !link.up })}
            >
              {stops ? t('machines.changeStopped') : t('common.save')}
            </Button>
          </div>
        )}
      </EnvForm>
    </Dialog>
  );
});
