// +1 h: moves the end of an ENV's life by an hour. When it has expired, the button says Extend, and the hour counts from now.
import type { Env } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { Button } from '../components/Button.tsx';
import { useWords } from '../i18n/index.ts';
import { type EnvAction, useEnvAction } from './use-env-action.ts';

const extendOf: EnvAction = ({ extend }) => extend;

export const ExtendEnvButton = observer(function ExtendEnvButton({ env, small }: { env: Env; small?: boolean }) {
  const t = useWords();
  const extend = useEnvAction(env, extendOf);
  const { name, expired } = env;
  return (
    <Button
      {...(small ? { size: 'small' } : {})}
      kind={expired ? 'primary' : small ? 'quiet' : 'normal'}
      whyNot={extend.whyNot}
      aria-label={expired ? t('endings.extendLong', { env: name }) : t('envs.addHourLong', { env: name })}
      onPress={extend.run}
    >
      {extend.label}
    </Button>
  );
});
