// Ctrl-1 to Ctrl-9 show the connections of the desktop, on every page and before there is one. A console keeps its keys.
import { useEffect } from 'react';
import { isConsole } from '../components/typing.ts';
import { useStores } from '../state/stores-context.ts';

export function useConnectionKeys(): void {
  const { connections, view } = useStores();
  useEffect(() => {
    if (!connections) return;
    // A window with a connection of its own has nothing to switch.
    if (connections.isFixed) return;
    const onKey = (event: KeyboardEvent) => {
      const isOurs = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && /^[1-9]$/.test(event.key);
      // What was typed into a dialog would be lost.
      if (!isOurs || event.defaultPrevented || view.dialog || isConsole(event.target)) return;
      event.preventDefault();
      void connections.showNumber(Number(event.key));
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [connections, view]);
}
