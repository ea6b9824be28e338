// Where the window is, and when it has drawn what it got.
import type { Locator, Page } from '@playwright/test';

/** `hash`: as `#/envs`, or `#/envs/NAME`, whose page opens in pieces: it is there with its first machine. */
export async function goTo(page: Page, hash: string): Promise<void> {
  await page.evaluate((address) => (window.location.hash = address), hash);
  const [, , envName] = hash.split('/');
  const place = envName === undefined ? page : page.getByRole('region', { name: envName, exact: true });
  await cardsOf(place).first().waitFor({ timeout: 120_000 });
  await settled(page);
}

/** Cards of the board, or machines of an ENV. */
export function cardsOf(place: Page | Locator) {
  return place.getByRole('grid').getByRole('row');
}

export function elements(page: Page): Promise<number> {
  return page.evaluate(() => document.querySelectorAll('*').length);
}

/** Until each screen of a running machine that is in sight has a picture. */
export async function pictured(page: Page): Promise<void> {
  await page.waitForFunction(
    () =>
      [...document.querySelectorAll('.thumbnail[data-live]')]
        .filter((screen) => {
          const { left, top, width, height } = screen.getBoundingClientRect();
          // What lies below another part of the window gets no picture.
          return screen.contains(document.elementFromPoint(left + width / 2, top + height / 2));
        })
        .every((screen) => screen.querySelector('img')?.complete),
    undefined,
    { timeout: 60_000 },
  );
}

/** Until the page has drawn what it got: two frames and an idle moment. */
export async function settled(page: Page): Promise<void> {
  await page.evaluate(
    () =>
      new Promise<void>((resolve) =>
        requestAnimationFrame(() =>
          requestAnimationFrame(() => requestIdleCallback(() => resolve(), { timeout: 3000 })),
        ),
      ),
  );
}
