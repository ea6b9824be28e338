// A list whose end is what matters, such as a timeline: it begins scrolled to its end, and follows it while it is in sight.
import { type RefObject, useLayoutEffect } from 'react';

/** From the end, in px, that still counts as its end. */
const NEAR = 24;

/** The parent of `content` is what scrolls. Rows that are measured later make the content grow, and so do new ones. */
export function useEndInSight(content: RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => {
    const element = content.current;
    const scroller = element?.parentElement;
    if (!element || !scroller) return;
    let isAtEnd = true;
    const follow = () => {
      if (isAtEnd) scroller.scrollTo({ top: scroller.scrollHeight });
    };
    const look = () => {
      isAtEnd = scroller.scrollTop + scroller.clientHeight >= scroller.scrollHeight - NEAR;
    };
    follow();
    const sizes = new ResizeObserver(follow);
    sizes.observe(element);
    // What stands below the list takes from its height.
    sizes.observe(scroller);
    scroller.addEventListener('scroll', look, { passive: true });
    return () => {
      sizes.disconnect();
      scroller.removeEventListener('scroll', look);
    };
  }, [content]);
}
