// The items of a long list, a slice more with each frame: react-aria makes something of each item, drawn or not, and does so for all that
// have come in one piece of work.
import { useEffect, useMemo, useState } from 'react';
import { browserFrames } from '../frames.ts';

/** Some 5 ms of work for items of one part each. */
const SLICE = 125;

/** The same array when all of them are in it. What was there once does not wait again, whatever comes and goes. `slice`: how many a frame. */
export function useSlices<Item>(items: readonly Item[], slice = SLICE): readonly Item[] {
  const [most, setMost] = useState(slice);
  const isMore = items.length > most;
  useEffect(() => {
    if (!isMore) return;
    return browserFrames(() => setMost(most + slice));
  }, [isMore, most, slice]);
  return useMemo(() => (isMore ? items.slice(0, most) : items), [items, isMore, most]);
}
