// How many pixels of the display a pixel of the page has, followed: a window may be moved to another display, or enlarged.
import { useSyncExternalStore } from 'react';

export function usePixelRatio(): number {
  return useSyncExternalStore(follow, () => window.devicePixelRatio);
}

/** Every change of the ratio changes the size of the page in its own pixels. */
function follow(listener: () => void): () => void {
  window.addEventListener('resize', listener);
  return () => window.removeEventListener('resize', listener);
}
