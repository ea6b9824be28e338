// Asks before ENVs of the bin are deleted for ever.
import { observer } from 'mobx-react-lite';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { ConfirmEnvs } from './ConfirmEnvs.tsx';

export const PurgeEnvsDialog = observer(function PurgeEnvsDialog({ names }: { names: readonly string[] }) {
  const { envs } = useStores();
  const t = useWords();
  const [only = ''] = names;
  return (
    <ConfirmEnvs
      names={names}
      title={
        names.length > 1 ? t('bin.purgeSeveralTitle', { count: names.length }) : t('bin.purgeTitle', { env: only })
      }
      verb={t('bin.purgeNow')}
      run={() => void envs.purgeEnvs(names)}
    >
      <p>{t('bin.purgeText')}</p>
    </ConfirmEnvs>
  );
});
