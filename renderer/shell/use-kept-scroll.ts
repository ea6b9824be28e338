// Keeps how far each page was scrolled, so that going back to a board of hundreds comes back to the same place.
import { type RefObject, useLayoutEffect } from 'react';

/** How long a page may take to become as high as it was, in ms. */
const PATIENCE_MS = 1000;

/** How a person scrolls. */
const ways = ['wheel', 'keydown', 'pointerdown'] as const;

const kept = new Map<string, number>();

/** `page`: what is shown, as its address. */
export function useKeptScroll(ref: RefObject<HTMLElement | null>, page: string): void {
  useLayoutEffect(() => {
    const scroller = ref.current;
    if (!scroller) return;
    const keep = () => kept.set(page, scroller.scrollTop);
    scroller.addEventListener('scroll', keep, { passive: true });
    return () => scroller.removeEventListener('scroll', keep);
  }, [ref, page]);
  useLayoutEffect(() => {
    const scroller = ref.current;
    const wanted = kept.get(page) ?? 0;
    if (!scroller) return;
    scroller.scrollTop = wanted;
    if (scroller.scrollTop >= wanted) return;
    // The list is not as high yet as it was: its rows come with the next frames.
    return onceHigher(scroller, wanted);
  }, [ref, page]);
}

/** Looks at each frame: what overflows its page changes no size that could be observed. */
function onceHigher(scroller: HTMLElement, wanted: number): () => void {
  const until = performance.now() + PATIENCE_MS;
  let frame = 0;
  const stop = () => {
    cancelAnimationFrame(frame);
    for (const by of ways) scroller.removeEventListener(by, stop);
  };
  const look = (now: number) => {
    if (scroller.scrollHeight - scroller.clientHeight >= wanted) {
      scroller.scrollTop = wanted;
      stop();
    } else if (now < until) frame = requestAnimationFrame(look);
    else stop();
  };
  frame = requestAnimationFrame(look);
  // Whoever scrolls meanwhile knows better.
  for (const by of ways) scroller.addEventListener(by, stop, { passive: true });
  return stop;
}
