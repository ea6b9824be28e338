// Ctrl-Shift-1 and so on: the tabs of a console, from anywhere on its page, also while a guest has the keys of a terminal, which
// knows no such key. A screen has all keys while it has the keyboard.
import { useEffect, useEffectEvent } from 'react';
import { TAB_KEY } from '../consoles/console-tab-key.ts';

export function useConsoleTabKeys<Tab>(tabs: readonly Tab[], choose: (tab: Tab) => void): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (!event.ctrlKey || !event.shiftKey || event.altKey || event.metaKey) return;
    if (event.target instanceof HTMLCanvasElement) return;
    const tab = tabs[Number(TAB_KEY.exec(event.code)?.[1]) - 1];
    if (!tab) return;
    event.preventDefault();
    // What has the focus is about to be hidden; the new tab takes it from nobody.
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    choose(tab);
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKey(event);
    document.addEventListener('keydown', listener);
    return () => document.removeEventListener('keydown', listener);
  }, []);
}
