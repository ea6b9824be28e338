// Takes a snapshot of a whole ENV (key S).
import type { Env } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { ActionButton } from '../components/ActionButton.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { envActions } from './actions.ts';

export const SnapshotEnvButton = observer(function SnapshotEnvButton({ env, small }: { env: Env; small?: boolean }) {
  const { snapshot } = envActions(useStores(), env, useWords());
  return <ActionButton action={snapshot} {...(small ? { size: 'small', kind: 'quiet', iconOnly: true } : {})} />;
});
