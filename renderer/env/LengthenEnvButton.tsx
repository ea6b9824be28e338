// +1 h: moves the end of an ENV's life by an hour. When it has expired, the button says Extend, and the hour counts from now.
import type { Env } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { Button } from '../components/Button.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { envActions } from './actions.ts';

export const LengthenEnvButton = observer(function LengthenEnvButton({ env, small }: { env: Env; small?: boolean }) {
  const t = useWords();
  const { lengthen } = envActions(useStores(), env, t);
  const { name, expired } = env;
  return (
    <Button
      {...(small ? { size: 'small' } : {})}
      kind={expired ? 'primary' : small ? 'quiet' : 'normal'}
      whyNot={lengthen.whyNot}
      aria-label={expired ? t('endings.extendLong', { env: name }) : t('envs.addHourLong', { env: name })}
      onPress={lengthen.run}
    >
      {lengthen.label}
    </Button>
  );
});
