// Where things are on the page, and whether anything moved while something came and went: looked at after each change of the document,
// before it is drawn, so that nothing that is there for one frame is missed.
import type { Page } from '@playwright/test';

/** x, y, width and height of each, in px. */
export type Boxes = Readonly<Record<string, readonly number[]>>;

const WATCH = 'ttWatchedBoxes';

/** `selectors`: by name; the first that each finds. Watches until `stopWatching`. */
export async function watchBoxes(
  page: Page,
  selectors: Readonly<Record<string, string>>,
  meanwhile: string,
): Promise<void> {
  await page.evaluate(
    ({ key, wanted, coming }) => {
      const look = () =>
        Object.fromEntries(
          Object.entries(wanted).map(([name, selector]) => {
            const box = document.querySelector(selector)?.getBoundingClientRect();
            return [name, box ? [box.x, box.y, box.width, box.height].map(Math.round) : []];
          }),
        );
      const seen = { before: look(), meanwhile: [] as unknown[] };
      const observer = new MutationObserver(() => {
        if (document.querySelector(coming)) seen.meanwhile.push(look());
      });
      observer.observe(document.body, { childList: true, subtree: true, attributes: true, characterData: true });
      Object.assign(window, { [key]: { seen, look, observer } });
    },
    { key: WATCH, wanted: selectors, coming: meanwhile },
  );
}

/** Where everything was before, each time it was looked at while `meanwhile` was there, and now. */
export function stopWatching(page: Page): Promise<{ before: Boxes; meanwhile: Boxes[]; after: Boxes }> {
  return page.evaluate((key) => {
    const { seen, look, observer } = (window as unknown as Record<string, unknown>)[key] as {
      seen: { before: Boxes; meanwhile: Boxes[] };
      look: () => Boxes;
      observer: MutationObserver;
    };
    observer.disconnect();
    return { ...seen, after: look() };
  }, WATCH);
}
