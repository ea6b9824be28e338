// Where the window is, and when it has drawn what it got.
import type { Page } from '@playwright/test';

/** `hash`: as `#/envs`. */
export async function goTo(page: Page, hash: string): Promise<void> {
  await page.evaluate((address) => (window.location.hash = address), hash);
  await cardsOf(page).first().waitFor({ timeout: 120_000 });
  await settled(page);
}

/** Cards of the board, or machines of an ENV. */
export function cardsOf(page: Page) {
  return page.getByRole('grid').getByRole('row');
}

export function elements(page: Page): Promise<number> {
  return page.evaluate(() => document.querySelectorAll('*').length);
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
