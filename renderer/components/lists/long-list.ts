// When a list is drawn in part only. Short lists are drawn whole, by the browser's own layout: that is simplest, and the
// browser can find text in them.
import { useState } from 'react';

/** More than this many are not all in the document at once. */
export const LONG_FROM = 40;

/**
 * Whether a list of `count` is drawn in part only. One that was long stays so while it is shown: the other way would make
 * its elements anew, and the focus would be lost with the machine that was deleted.
 */
export function useIsLong(count: number): boolean {
  const [wasLong, setWasLong] = useState(false);
  const isLong = count > LONG_FROM;
  if (isLong && !wasLong) setWasLong(true);
  return isLong || wasLong;
}
