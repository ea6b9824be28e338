// The board's own keys: `/` filters, Delete deletes what is selected or focused; and which card has the focus.
import { type RefObject, useEffect } from 'react';
import { runIfAllowed } from '../components/action.ts';
import { envsActions } from '../env/actions.ts';
import { translate } from '../i18n/index.ts';
import { isTyping } from '../components/typing.ts';
import { useStores } from '../state/stores-context.ts';

export function useBoardKeys(place: RefObject<HTMLElement | null>, search: RefObject<HTMLInputElement | null>): void {
  const stores = useStores();
  useEffect(() => {
    const { view, envs, toasts } = stores;
    const focusedEnv = () => {
      const key = document.activeElement?.closest('[data-key]')?.getAttribute('data-key') ?? null;
      return key !== null && place.current?.contains(document.activeElement) && envs.items.has(key) ? key : null;
    };
    const onKey = (event: KeyboardEvent) => {
      if (view.dialog || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === '/' && !isTyping(event.target)) {
        event.preventDefault();
        search.current?.focus();
      }
      if (event.key === 'Delete' && !isTyping(event.target)) {
        const focused = focusedEnv();
        const names = view.selected.size > 0 ? [...view.selected] : focused === null ? [] : [focused];
        const chosen = names.flatMap((name) => envs.get(name) ?? []);
        runIfAllowed(envsActions(stores, chosen, translate)?.delete, (text) => toasts.explain(text));
      }
    };
    const onFocus = () => {
      const focused = focusedEnv();
      if (focused !== null) view.focusEnv(focused);
    };
    document.addEventListener('keydown', onKey);
    document.addEventListener('focusin', onFocus);
    return () => {
      document.removeEventListener('keydown', onKey);
      document.removeEventListener('focusin', onFocus);
    };
  }, [stores, place, search]);
}
