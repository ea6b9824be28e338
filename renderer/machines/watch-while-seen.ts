// Pictures of screens are asked for only while their element can be seen.

/** Calls `watch` when the element scrolls into sight and its answer when it leaves. */
export function watchWhileSeen(element: HTMLElement | null, watch: () => () => void): () => void {
  if (!element) return () => {};
  let release: (() => void) | null = null;
  const observerOfSight = new IntersectionObserver((entries) => {
    const seen = entries.some(({ isIntersecting }) => isIntersecting);
    if (seen && !release) release = watch();
    if (!seen && release) {
      release();
      release = null;
    }
  });
  observerOfSight.observe(element);
  return () => {
    observerOfSight.disconnect();
    release?.();
  };
}
