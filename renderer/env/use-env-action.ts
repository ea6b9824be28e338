// One of the things that can be done to an ENV, for a button of it that an observer draws: it is another only when the button would show
// something else, not with each change of a machine or an operation that some other verb depends on.
import type { Env } from '@tt/protocol';
import { computed } from 'mobx';
import { useMemo } from 'react';
import type { Action } from '../components/action.ts';
import { useWords } from '../i18n/index.ts';
import type { Stores } from '../state/stores.ts';
import { useStores } from '../state/stores-context.ts';
import { envActions } from './actions.ts';

export type EnvAction = (can: ReturnType<typeof envActions>, stores: Stores, env: Env) => Action;

/** `choose` must be the same function each time. */
export function useEnvAction(env: Env, choose: EnvAction): Action {
  const stores = useStores();
  const t = useWords();
  const action = useMemo(
    () => computed(() => choose(envActions(stores, env, t), stores, env), { equals: isShownAlike }),
    [stores, env, t, choose],
  );
  return action.get();
}

/** What each does when it is pressed depends on the ENV alone. */
function isShownAlike(one: Action, other: Action): boolean {
  return one.id === other.id && one.label === other.label && one.whyNot === other.whyNot;
}
