// The ring's dialog: change when an ENV ends.
import { observer } from 'mobx-react-lite';
import { Dialog } from '../components/Dialog.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { LifetimeForm } from './LifetimeForm.tsx';

export const LifetimeDialog = observer(function LifetimeDialog({ envName }: { envName: string }) {
  const { envs, view } = useStores();
  const t = useWords();
  const env = envs.get(envName);
  if (!env) return null;
  return (
    <Dialog title={t('envs.lifetimeTitle', { env: envName })} onClose={() => view.close()}>
      <LifetimeForm env={env} onDone={() => view.close()} />
    </Dialog>
  );
});
