// A list whose end is what matters, such as a timeline: it begins scrolled to its end, and follows it while it is in sight.
import { type RefObject, useLayoutEffect } from 'react';

/** From the end, in px, that still counts as its end. */
const NEAR = 24;
/** How people scroll: by wheel, finger, keys, or at the bar. */
const INPUTS = ['wheel', 'touchmove', 'keydown', 'pointerdown'] as const;

/** The parent of `content` is what scrolls. Rows that are measured later make the content grow, and so do new ones. */
export function useEndInSight(content: RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => {
    const element = content.current;
    const scroller = element?.parentElement;
    if (!element || !scroller) return;
    let isAtEnd = true;
    let isTheirs = false;
    let top = 0;
    const follow = () => {
      if (isAtEnd) scroller.scrollTo({ top: scroller.scrollHeight });
    };
    const input = () => {
      isTheirs = true;
    };
    // Only who scrolls up leaves the end. The list does as well when rows are measured between a scroll and its event, or when it becomes
    // so long that it is drawn anew, in part.
    const look = () => {
      const isNear = scroller.scrollTop + scroller.clientHeight >= scroller.scrollHeight - NEAR;
      if (isNear) isTheirs = false;
      if (isNear || (isTheirs && scroller.scrollTop < top)) isAtEnd = isNear;
      top = scroller.scrollTop;
    };
    follow();
    const sizes = new ResizeObserver(follow);
    sizes.observe(element);
    // What stands below the list takes from its height.
    sizes.observe(scroller);
    scroller.addEventListener('scroll', look, { passive: true });
    for (const kind of INPUTS) scroller.addEventListener(kind, input, { passive: true, capture: true });
    return () => {
      sizes.disconnect();
      scroller.removeEventListener('scroll', look);
      for (const kind of INPUTS) scroller.removeEventListener(kind, input, { capture: true });
    };
  }, [content]);
}
