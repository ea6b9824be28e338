// Stops an ENV while any of its machines runs, else starts it; busy while that is going on.
import type { Env } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { ActionButton } from '../components/ActionButton.tsx';
import { canStop } from '../machines/vm-store.ts';
import { useStores } from '../state/stores-context.ts';
import { type EnvAction, useEnvAction } from './use-env-action.ts';

// An expired one can't be started: extending it is what is offered beside.
const startOrStop: EnvAction = ({ start, stop }, { vms }, { name }) =>
  vms.statesOfEnv(name).some(canStop) ? stop : start;

export const StartStopEnvButton = observer(function StartStopEnvButton({ env, small }: { env: Env; small?: boolean }) {
  const { operations } = useStores();
  const action = useEnvAction(env, startOrStop);
  return (
    <ActionButton
      action={action}
      isBusy={operations.isStartingOrStopping(env.name)}
      {...(small ? { size: 'small', kind: 'quiet', iconOnly: true } : {})}
    />
  );
});
