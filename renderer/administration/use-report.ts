// Asks for something when it is shown and the link is there, and again now and then while both last.
import { useEffect } from 'react';
import { useStores } from '../state/stores-context.ts';

/** For a component that is an observer. */
export function useReport(report: { load(): Promise<void> }, everyMs?: number): void {
  const { link } = useStores();
  const { up } = link;
  useEffect(() => {
    if (!up) return undefined;
    void report.load();
    if (everyMs === undefined) return undefined;
    const timer = setInterval(() => void report.load(), everyMs);
    return () => clearInterval(timer);
  }, [report, up, everyMs]);
}
