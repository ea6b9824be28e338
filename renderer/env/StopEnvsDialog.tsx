// Asks before many ENVs are stopped at once.
import { observer } from 'mobx-react-lite';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { ConfirmEnvs } from './ConfirmEnvs.tsx';

export const StopEnvsDialog = observer(function StopEnvsDialog({ names }: { names: readonly string[] }) {
  const { envs } = useStores();
  const t = useWords();
  const stop = () => {
    for (const name of names) void envs.stopEnv(name);
  };
  return (
    <ConfirmEnvs
      names={names}
      title={t('envs.stopSeveralTitle', { count: names.length })}
      verb={t('envs.stop')}
      proofLabel={(text) => t('envs.stopSeveralType', { text })}
      run={stop}
    >
      <p>{t('envs.stopSeveralText')}</p>
    </ConfirmEnvs>
  );
});
