// Takes a snapshot of a whole ENV (key S).
import type { Env } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { ActionButton } from '../components/ActionButton.tsx';
import { type EnvAction, useEnvAction } from './use-env-action.ts';

const snapshotOf: EnvAction = ({ snapshot }) => snapshot;

export const SnapshotEnvButton = observer(function SnapshotEnvButton({ env, small }: { env: Env; small?: boolean }) {
  const snapshot = useEnvAction(env, snapshotOf);
  return <ActionButton action={snapshot} {...(small ? { size: 'small', kind: 'quiet', iconOnly: true } : {})} />;
});
