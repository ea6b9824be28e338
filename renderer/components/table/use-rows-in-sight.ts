// Which rows of a long table can be seen, wherever it scrolls: in a frame of its own or with the page. Rows have one height, so that places are known
// without measuring any.
import { type RefObject, useLayoutEffect, useState } from 'react';
import { browserFrames } from '../frames.ts';

export interface Span {
  first: number;
  /** The one after the last. */
  end: number;
}

/** Above and below what is seen, so that a turn of the wheel finds rows. */
const OVERSCAN = 8;
/** The span changes by as many rows: a table is drawn once for some of them. */
const STEP = 4;
/** Before anything was measured. */
const FIRST_SPAN = 24;

/** `body`: where the rows stand. All of them while `isLong` is false. */
export function useRowsInSight(
  body: RefObject<HTMLElement | null>,
  { count, rowHeight, isLong }: { count: number; rowHeight: number; isLong: boolean },
): Span {
  const [seen, setSeen] = useState<Span>({ first: 0, end: FIRST_SPAN });
  useLayoutEffect(() => {
    const element = body.current;
    if (!isLong || !element) return;
    const frames = clippersOf(element);
    const look = () => {
      const next = spanOf(element, frames, rowHeight);
      setSeen((was) => (was.first === next.first && was.end === next.end ? was : next));
    };
    look();
    let cancel: (() => void) | null = null;
    const soon = () => {
      cancel ??= browserFrames(() => {
        cancel = null;
        look();
      });
    };
    const sizes = new ResizeObserver(soon);
    for (const frame of frames) sizes.observe(frame);
    document.addEventListener('scroll', soon, { capture: true, passive: true });
    window.addEventListener('resize', soon);
    return () => {
      cancel?.();
      sizes.disconnect();
      document.removeEventListener('scroll', soon, { capture: true });
      window.removeEventListener('resize', soon);
    };
  }, [body, rowHeight, isLong]);
  return isLong ? { first: Math.min(seen.first, count), end: Math.min(seen.end, count) } : { first: 0, end: count };
}

/** Elements that cut off what is outside of them. */
function clippersOf(element: HTMLElement): HTMLElement[] {
  const found: HTMLElement[] = [];
  for (let around = element.parentElement; around; around = around.parentElement) {
    if (getComputedStyle(around).overflowY !== 'visible') found.push(around);
  }
  return found;
}

function spanOf(element: HTMLElement, frames: readonly HTMLElement[], rowHeight: number): Span {
  const { top } = element.getBoundingClientRect();
  let [from, to] = [0, window.innerHeight];
  for (const frame of frames) {
    const rect = frame.getBoundingClientRect();
    from = Math.max(from, rect.top);
    to = Math.min(to, rect.bottom);
  }
  const first = Math.floor((from - top) / rowHeight) - OVERSCAN;
  const end = Math.ceil((Math.max(from, to) - top) / rowHeight) + OVERSCAN;
  return { first: Math.max(0, Math.floor(first / STEP) * STEP), end: Math.max(0, Math.ceil(end / STEP) * STEP) };
}
