// +1 h: moves the end of an ENV's life by an hour. When its time is over it says Extend, and the hour counts from now.
import type { Env } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { Button } from '../components/Button.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';

export const LengthenEnvButton = observer(function LengthenEnvButton({ env, small }: { env: Env; small?: boolean }) {
  const { envs, view, link } = useStores();
  const t = useWords();
  const { name, expired } = env;
  const change = {
    label: t('endings.changeLifetime'),
    run: () => view.open({ kind: 'lifetime', envName: name }),
  };
  return (
    <Button
      {...(small ? { size: 'small' } : {})}
      kind={expired ? 'primary' : small ? 'quiet' : 'normal'}
      isDisabled={!link.up}
      aria-label={expired ? t('endings.extendLong', { env: name }) : t('envs.addHourLong', { env: name })}
      onPress={() => void envs.lengthenEnv(name, 3600, change)}
    >
      {expired ? t('endings.extend') : t('envs.addHour')}
    </Button>
  );
});
