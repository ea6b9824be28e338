// Stops an ENV while any of its machines runs, else starts it; busy while that is going on.
import type { Env } from '@tt/protocol';
import { Play, Square } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { Button } from '../components/Button.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { canStop } from '../machines/vm-store.ts';

export const StartStopEnvButton = observer(function StartStopEnvButton({ env, small }: { env: Env; small?: boolean }) {
  const { envs, vms, operations, link } = useStores();
  const t = useWords();
  const anyRuns = vms.ofEnv(env.name).some(({ state }) => canStop(state));
  const isBusy = operations
    .runningFor({ envName: env.name })
    .some(({ kind }) => kind === 'env.start' || kind === 'env.stop');
  // Out of time it can't be started: extending it is what is offered beside.
  const isOver = env.over && !anyRuns;
  const label = anyRuns ? t('envs.stop') : t('envs.start');
  return (
    <Button
      {...(small ? { size: 'small', kind: 'quiet' } : {})}
      icon={anyRuns ? Square : Play}
      isBusy={isBusy}
      isDisabled={!link.up || isOver || env.vmIds.length === 0 || env.state === 'creating' || env.state === 'deleting'}
      label={label}
      onPress={() => void (anyRuns ? envs.stopEnv(env.name) : envs.startEnv(env.name))}
    >
      {small ? undefined : label}
    </Button>
  );
});
