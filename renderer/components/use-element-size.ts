// The size of an element, followed as it changes.
import { type RefObject, useLayoutEffect, useRef, useState } from 'react';

/** In px; null until it is known. */
export function useElementSize<Kind extends HTMLElement>(): {
  ref: RefObject<Kind | null>;
  size: { width: number; height: number } | null;
} {
  const ref = useRef<Kind>(null);
  const [size, setSize] = useState<{ width: number; height: number } | null>(null);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const follow = new ResizeObserver(() => setSize({ width: element.clientWidth, height: element.clientHeight }));
    follow.observe(element);
    setSize({ width: element.clientWidth, height: element.clientHeight });
    return () => follow.disconnect();
  }, []);
  return { ref, size };
}
