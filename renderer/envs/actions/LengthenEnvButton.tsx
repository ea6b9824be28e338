// +1 h: moves the end of an ENV's life by an hour.
import type { Env } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { Button } from '../../components/Button.tsx';
import { useWords } from '../../i18n/index.ts';
import { useStores } from '../../state/stores-context.ts';

export const LengthenEnvButton = observer(function LengthenEnvButton({ env, small }: { env: Env; small?: boolean }) {
  const { envs, link } = useStores();
  const t = useWords();
  return (
    <Button
      {...(small ? { size: 'small', kind: 'quiet' } : {})}
      isDisabled={!link.up}
      aria-label={t('envs.addHourLong', { env: env.name })}
      onPress={() => void envs.lengthenEnv(env.name, 3600)}
    >
      {t('envs.addHour')}
    </Button>
  );
});
