// Stops an ENV while any of its machines runs, else starts it; busy while that is going on.
import type { Env } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { ActionButton } from '../components/ActionButton.tsx';
import { useWords } from '../i18n/index.ts';
import { canStop } from '../machines/vm-store.ts';
import { useStores } from '../state/stores-context.ts';
import { envActions } from './actions.ts';

export const StartStopEnvButton = observer(function StartStopEnvButton({ env, small }: { env: Env; small?: boolean }) {
  const stores = useStores();
  const { vms, operations } = stores;
  const can = envActions(stores, env, useWords());
  const anyRuns = vms.statesOfEnv(env.name).some(canStop);
  const isBusy = operations
    .runningFor({ envName: env.name })
    .some(({ kind }) => kind === 'env.start' || kind === 'env.stop');
  // An expired one can't be started: extending it is what is offered beside.
  const action = anyRuns ? can.stop : can.start;
  return (
    <ActionButton
      action={action}
      isBusy={isBusy}
      {...(small ? { size: 'small', kind: 'quiet', iconOnly: true } : {})}
    />
  );
});
