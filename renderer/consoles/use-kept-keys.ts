// The keys of somebody who was typing when a screen went, for as long as its console is mounted.
import { type RefObject, useEffect, useState } from 'react';
import { KeptKeys } from './kept-keys.ts';

export function useKeptKeys(stage: RefObject<HTMLElement | null>): KeptKeys {
  const [kept] = useState(() => new KeptKeys(() => stage.current));
  useEffect(() => () => void kept.end(), [kept]);
  return kept;
}
