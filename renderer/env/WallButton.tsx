// Shows all screens of an ENV (key W).
import type { Env } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { ActionButton } from '../components/ActionButton.tsx';
import { type EnvAction, useEnvAction } from './use-env-action.ts';

const wallOf: EnvAction = ({ wall }) => wall;

export const WallButton = observer(function WallButton({ env }: { env: Env }) {
  return <ActionButton action={useEnvAction(env, wallOf)} />;
});
