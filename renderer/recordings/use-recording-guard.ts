// A browser asks before it closes a page that is recording: what is not saved yet would be lost. On the desktop a page can't ask.
import { useEffect } from 'react';
import { useStores } from '../state/stores-context.ts';

/** To be used by an observer. */
export function useRecordingGuard(): void {
  const { bridge, recordings } = useStores();
  const isWanted = bridge.kind === 'browser' && recordings.running.size > 0;
  useEffect(() => {
    if (!isWanted) return undefined;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [isWanted]);
}
