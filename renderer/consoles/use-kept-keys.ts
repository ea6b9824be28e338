// The keys of somebody who was typing when a screen went, for as long as its console is mounted.
import { type RefObject, useEffect, useMemo } from 'react';
import { KeptKeys } from './kept-keys.ts';

export function useKeptKeys(stage: RefObject<HTMLElement | null>): Pick<KeptKeys, 'keep' | 'end'> {
  const kept = useMemo(() => {
    let keys: KeptKeys | null = null;
    return {
      keep: () => {
        keys ??= stage.current && new KeptKeys(stage.current);
        keys?.keep();
      },
      end: () => keys?.end() ?? false,
    };
  }, [stage]);
  useEffect(() => () => void kept.end(), [kept]);
  return kept;
}
