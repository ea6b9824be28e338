// Goes to every page and opens every dialog of fixtures/pages-list.ts, without a word of either language.
import type { Vm } from '@tt/protocol';
import { expect, type Page } from '@playwright/test';
import { allDialogs, allPages } from '../fixtures/pages-list.ts';

/** The ENV `demo` has `vm` and a snapshot called clean. `visit` gets a name for its messages. */
export async function everywhere(page: Page, vm: Vm, visit: (name: string) => Promise<void>): Promise<void> {
  for (const [name, hash] of Object.entries(allPages(vm))) {
    await goToHash(page, hash);
    await visit(name);
  }
  const dialog = page.getByRole('dialog').or(page.getByRole('alertdialog'));
  for (const [name, { page: hash, key, on }] of Object.entries(allDialogs)) {
    await goToHash(page, hash);
    if (on !== undefined) await page.getByRole('row', { name: on, exact: true }).focus();
    // Away from the row of the dialog before: the keys of the page are meant.
    else await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    await page.keyboard.press(key);
    await expect(dialog).toBeVisible();
    await visit(`dialog ${name}`);
    await page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
  }
}

export async function goToHash(page: Page, hash: string): Promise<void> {
  await page.evaluate((address) => {
    window.location.hash = address;
  }, hash);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
}
