// Shows all screens of an ENV (key W).
import type { Env } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { ActionButton } from '../components/ActionButton.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { envActions } from './actions.ts';

export const WallButton = observer(function WallButton({ env }: { env: Env }) {
  return <ActionButton action={envActions(useStores(), env, useWords()).wall} />;
});
