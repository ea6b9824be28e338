// Ctrl-Shift-1 and so on: the tabs of a console, from anywhere on its page, also while a guest has the keys of a terminal, which
// knows no such key. A screen has all keys while it has the keyboard.
import { useEffect, useEffectEvent } from 'react';
import type { ConsoleTab } from '../state/route.ts';

export function useConsoleTabKeys(tabs: readonly ConsoleTab[], choose: (tab: ConsoleTab) => void): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (!event.ctrlKey || !event.shiftKey || event.altKey || event.metaKey) return;
    if (event.target instanceof HTMLCanvasElement) return;
    const tab = tabs[Number(/^Digit([1-9])$/.exec(event.code)?.[1]) - 1];
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
