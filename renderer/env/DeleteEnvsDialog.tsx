// Asks before ENVs are deleted, as that can't be undone: one by a button, several by typing the name of the first.
import { observer } from 'mobx-react-lite';
import { useState } from 'react';
import { firstReason, runIfAllowed } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { Dialog } from '../components/Dialog.tsx';
import { Field } from '../components/Field.tsx';
import { useWords } from '../i18n/index.ts';
import { someNames } from '../i18n/some-names.ts';
import { useStores } from '../state/stores-context.ts';

export const DeleteEnvsDialog = observer(function DeleteEnvsDialog({ names }: { names: readonly string[] }) {
  const { envs, snapshots, view, toasts, link } = useStores();
  const t = useWords();
  const [typed, setTyped] = useState('');
  const [only = ''] = names;
  const several = names.length > 1;
  const proof = only;
  const remove = () => {
    view.close();
    view.select([]);
    if (view.route.page !== 'envs' && 'envName' in view.route && names.includes(view.route.envName)) {
      view.go({ page: 'envs' });
    }
    void envs.deleteEnvs(names);
  };
  const deletion = {
    label: t('envs.deleteNow'),
    whyNot: firstReason({ incomplete: several && typed !== proof, linkDown: !link.up }),
    run: remove,
  };
  return (
    <Dialog
      role="alertdialog"
      title={several ? t('envs.deleteSeveralTitle', { count: names.length }) : t('envs.deleteTitle', { env: only })}
      onClose={() => view.close()}
      foot={
        <>
          <Button autoFocus={!several} onPress={() => view.close()}>
            {t('common.cancel')}
          </Button>
          <Button kind="danger" whyNot={deletion.whyNot} onPress={remove}>
            {t('envs.deleteNow')}
          </Button>
        </>
      }
    >
      {several ? (
        <>
          <p>{t('envs.deleteSeveralText')}</p>
          <p className="mono">{someNames(names, t)}</p>
          <Field
            label={t('envs.deleteSeveralType', { text: proof })}
            value={typed}
            onChange={setTyped}
            mono
            autoFocus
            onKeyDown={(event) => event.key === 'Enter' && runIfAllowed(deletion, (text) => toasts.explain(text))}
          />
        </>
      ) : (
        <p>
          {t('envs.deleteText', {
            snapshots: t('envs.deleteSnapshots', { count: snapshots.ofEnv(only).length }),
          })}
        </p>
      )}
    </Dialog>
  );
});
