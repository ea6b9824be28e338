// F6 and Shift-F6: the next and the previous pane. A guest that has the keyboard keeps them; Ctrl-Alt lets go of it first.
import { useEffect, useEffectEvent } from 'react';
import { isConsole } from '../components/typing.ts';

export function usePaneKeys(goOn: (by: 1 | -1) => void): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.key !== 'F6' || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
    if (isConsole(event.target)) return;
    event.preventDefault();
    goOn(event.shiftKey ? -1 : 1);
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKey(event);
    document.addEventListener('keydown', listener);
    return () => document.removeEventListener('keydown', listener);
  }, []);
}
