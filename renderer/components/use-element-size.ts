// The size of what is in an element, without its padding, followed as it changes.
import { type RefCallback, useLayoutEffect, useState } from 'react';

export interface ElementSize {
  /** In px. */
  width: number;
  height: number;
}

/** `size`: null until it is known. The element may come later than the component, and go before it. */
export function useElementSize<Kind extends HTMLElement>(): { ref: RefCallback<Kind>; size: ElementSize | null } {
  const [element, ref] = useState<Kind | null>(null);
  const [size, setSize] = useState<ElementSize | null>(null);
  useLayoutEffect(() => {
    if (!element) return;
    // It says the first size, too, before anything is drawn.
    const follow = new ResizeObserver(() => setSize(contentOf(element)));
    follow.observe(element);
    return () => follow.disconnect();
  }, [element]);
  return { ref, size };
}

function contentOf(element: HTMLElement): ElementSize {
  const { paddingLeft, paddingRight, paddingTop, paddingBottom } = getComputedStyle(element);
  return {
    width: element.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight),
    height: element.clientHeight - Number.parseFloat(paddingTop) - Number.parseFloat(paddingBottom),
  };
}
