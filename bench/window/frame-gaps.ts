// The longest time between two frames of a page, from one call to another.
import type { Page } from '@playwright/test';

const KEY = 'frameGaps';

export async function watchFrames(page: Page): Promise<void> {
  await page.evaluate((key) => {
    const seen = { longest: 0, last: performance.now() };
    Reflect.set(window, key, seen);
    const look = (now: number) => {
      seen.longest = Math.max(seen.longest, now - seen.last);
      seen.last = now;
      requestAnimationFrame(look);
    };
    requestAnimationFrame((now) => {
      seen.last = now;
      look(now);
    });
  }, KEY);
}

/** In ms, since `watchFrames`. */
export function longestFrame(page: Page): Promise<number> {
  return page.evaluate((key) => (Reflect.get(window, key) as { longest: number }).longest, KEY);
}
