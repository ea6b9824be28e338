// Opens the small dialog that takes a snapshot of a whole ENV (key S).
import type { Env } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { isAllowed } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { envActions } from './actions.ts';

export const SnapshotEnvButton = observer(function SnapshotEnvButton({ env, small }: { env: Env; small?: boolean }) {
  const { snapshot } = envActions(useStores(), env, useWords());
  return (
    <Button
      {...(small ? { size: 'small', kind: 'quiet' } : {})}
      icon={snapshot.icon}
      isDisabled={!isAllowed(snapshot)}
      label={snapshot.label}
      shortcut="S"
      onPress={snapshot.run}
    >
      {small ? undefined : snapshot.label}
    </Button>
  );
});
