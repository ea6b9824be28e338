// Keys that work on every page: F1, Ctrl-K, N, S, Ctrl-Z, Ctrl-., ?; and on the page of an ENV A, E, P, R and W. Silent while a text is typed or a console has the keys.
import { useEffect } from 'react';
import { type Action, actionOfKey, runIfAllowed } from '../components/action.ts';
import { envActions, newEnvAction } from '../env/actions.ts';
import { translate } from '../i18n/index.ts';
import { undoAction } from '../snapshots/actions.ts';
import type { Stores } from '../state/stores.ts';
import { useStores } from '../state/stores-context.ts';
import { letKeysOfItemsThrough } from '../components/lists/keys-of-items.ts';
import { isConsole, isTyping } from '../components/typing.ts';

export function useWindowKeys(): void {
  const stores = useStores();
  useEffect(() => letKeysOfItemsThrough(document), []);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || isConsole(event.target)) return;
      const run = actionFor(stores, event);
      if (!run) return;
      event.preventDefault();
      run();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [stores]);
}

/** What the key does now; null: it is not ours. */
function actionFor(stores: Stores, event: KeyboardEvent): (() => void) | null {
  const { view, shelf } = stores;
  const key = event.key.toLowerCase();
  if (event.altKey) return null;
  if (event.key === 'F1') return view.dialog ? null : () => view.go({ page: 'help' });
  if (event.ctrlKey || event.metaKey) {
    if (key === 'k') return () => view.open({ kind: 'palette' });
    if (key === '.') return () => shelf.toggle();
    return key === 'z' && !isTyping(event.target) ? runOf(stores, undoAction(stores, translate)) : null;
  }
  if (view.dialog || isTyping(event.target)) return null;
  if (key === '?') return () => view.open({ kind: 'keys' });
  return runOf(stores, actionOfKey(keyActions(stores), key) ?? null);
}

/** What a single letter may mean on this page. Delete is the board's own, which knows what is selected. */
function keyActions(stores: Stores): Record<string, Action> {
  const { view, envs } = stores;
  const newEnv = newEnvAction(stores, translate);
  const env = view.chosenEnv === null ? undefined : envs.get(view.chosenEnv);
  if (!env) return { newEnv };
  const { snapshot, edit, add, run, push, wall } = envActions(stores, env, translate);
  return view.route.page === 'env' ? { newEnv, snapshot, edit, add, run, push, wall } : { newEnv, snapshot };
}

function runOf({ toasts }: Stores, action: Action | null): (() => void) | null {
  return action && (() => void runIfAllowed(action, (text) => toasts.explain(text)));
}
