// The dialogs that make ENVs of others: fork, clone, export and import of capsules.
import { expect, type Locator, type Page } from '@playwright/test';

export class CopyDialogs {
  readonly page: Page;
  readonly importCapsule: Locator;

  constructor(page: Page) {
    this.page = page;
    this.importCapsule = page.getByRole('dialog', { name: 'Import a capsule' });
  }

  fork(snapshot: string): Locator {
    return this.page.getByRole('dialog', { name: `New ENV from “${snapshot}”` });
  }

  clone(env: string): Locator {
    return this.page.getByRole('dialog', { name: `Clone ${env}` });
  }

  export(env: string): Locator {
    return this.page.getByRole('dialog', { name: `Export ${env}` });
  }

  /** By keyboard: a command of the palette. */
  async command(text: string): Promise<void> {
    await this.page.keyboard.press('Control+k');
    await this.page.keyboard.type(text);
    await expect(this.page.getByRole('dialog').getByRole('menuitem').first()).toContainText(text);
    await this.page.keyboard.press('Enter');
  }
}
