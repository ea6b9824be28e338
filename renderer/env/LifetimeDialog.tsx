// The ring's dialog, and "Keep" of the warning: change when an ENV ends, and what happens then.
import { type TtError, toErrorRecord, type EndPolicy } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { useState } from 'react';
import { Dialog } from '../components/Dialog.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { EndPolicyChoice } from './EndPolicyChoice.tsx';
import { LifetimeForm } from './LifetimeForm.tsx';

export const LifetimeDialog = observer(function LifetimeDialog({ envName }: { envName: string }) {
  const { envs, view, link } = useStores();
  const t = useWords();
  const [error, setError] = useState<TtError | null>(null);
  const env = envs.get(envName);
  if (!env) return null;
  const setPolicy = async (endPolicy: EndPolicy) => {
    if (endPolicy === env.endPolicy) return;
    const outcome = await envs.updateEnv(envName, { endPolicy });
    setError(outcome.ok ? null : outcome.error);
  };
  return (
    <Dialog title={t('envs.lifetimeTitle', { env: envName })} onClose={() => view.close()}>
      <LifetimeForm env={env} onDone={() => view.close()} />
      <EndPolicyChoice value={env.endPolicy} onChange={(policy) => void setPolicy(policy)} whyNot={link.whyNot} />
      {error && <ErrorNotice title={t('envs.settingsFailed', { env: envName })} error={toErrorRecord(error)} />}
    </Dialog>
  );
});
