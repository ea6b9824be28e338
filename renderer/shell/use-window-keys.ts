// Keys that work on every page: Ctrl-K, N, S, Ctrl-Z, Ctrl-., ?; and on the page of an ENV A and E. Silent while a text is typed or a console has the keys.
import { useEffect } from 'react';
import type { Stores } from '../state/stores.ts';
import { useStores } from '../state/stores-context.ts';
import { isTyping } from './typing.ts';

export function useWindowKeys(): void {
  const stores = useStores();
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

function actionFor(stores: Stores, event: KeyboardEvent): (() => void) | null {
  const { view, settings, snapshots, envs, link } = stores;
  const key = event.key.toLowerCase();
  if (event.altKey) return null;
  if (event.ctrlKey || event.metaKey) {
    if (key === 'k') return () => view.open({ kind: 'palette' });
    if (key === '.') return () => settings.toggleShelf();
    if (key === 'z' && !isTyping(event.target) && snapshots.undoable && link.up) {
      return () => void snapshots.undoRevert();
    }
    return null;
  }
  if (view.dialog || isTyping(event.target)) return null;
  if (key === 'n' && link.up) return () => view.open({ kind: 'newEnv', draft: null });
  if (key === '?') return () => view.open({ kind: 'keys' });
  const onEnvPage = view.route.page === 'env' && envs.items.has(view.route.envName) ? view.route.envName : null;
  if (onEnvPage !== null && link.up) {
    if (key === 'e') return () => view.open({ kind: 'editEnv', envName: onEnvPage });
    if (key === 'a' && !envs.get(onEnvPage)?.expired) {
      return () => view.open({ kind: 'addMachines', envName: onEnvPage, draft: null });
    }
  }
  const envName = view.chosenEnv;
  if (key === 's' && link.up && envName !== null) {
    return () => view.open({ kind: 'takeSnapshot', envName, vmId: null });
  }
  return null;
}

/** A console sends its keys to the guest; not even Ctrl-K is ours there. */
function isConsole(target: EventTarget | null): boolean {
  return target instanceof Element && (target.matches('canvas') || target.closest('[data-takes-keys]') !== null);
}
