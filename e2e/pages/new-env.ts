// The New ENV sheet.
import type { Locator, Page } from '@playwright/test';

export class NewEnvSheet {
  readonly dialog: Locator;
  readonly search: Locator;
  readonly name: Locator;
  readonly create: Locator;
  readonly failure: Locator;
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
    this.dialog = page.getByRole('dialog', { name: 'New ENV' });
    this.search = this.dialog.getByRole('searchbox', { name: 'Search images' });
    this.name = this.dialog.getByRole('textbox', { name: 'Name' });
    this.create = this.dialog.getByRole('button', { name: /^Create/ });
    this.failure = this.dialog.getByRole('alert');
  }

  /** The short way by keyboard alone: N, what to look for, a name, how many, Ctrl-Enter. */
  async createByKeyboard(options: { search: string; name: string; copies?: number }): Promise<void> {
    await this.page.keyboard.press('n');
    await this.search.waitFor();
    await this.page.keyboard.type(options.search);
    const copies = this.dialog.getByRole('textbox', { name: /^Copies of/ });
    for (let copy = 1; copy < (options.copies ?? 1); copy++) await copies.press('ArrowUp');
    await this.name.fill(options.name);
    await this.page.keyboard.press('Control+Enter');
  }
}
