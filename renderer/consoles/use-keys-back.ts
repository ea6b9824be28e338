// For the element around tools of a console: used by pointer, they leave the keyboard with the guest.
import { type RefObject, useEffect, useRef } from 'react';
import { KeysBack, type TakesKeys } from './keys-back.ts';

/** `guest`: what has the keyboard; null while there is nothing to type on. */
export function useKeysBack<Tools extends HTMLElement>(guest: TakesKeys | null): RefObject<Tools | null> {
  const tools = useRef<Tools>(null);
  useKeysBackIn(tools, guest);
  return tools;
}

/** The same for an element that is there already. */
export function useKeysBackIn(tools: RefObject<HTMLElement | null>, guest: TakesKeys | null): void {
  const guestNow = useRef(guest);
  useEffect(() => {
    guestNow.current = guest;
  });
  useEffect(() => {
    if (!tools.current) return;
    const back = new KeysBack(tools.current, () => guestNow.current);
    return () => back.close();
  }, [tools]);
}
