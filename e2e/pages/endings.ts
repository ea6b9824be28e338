// Warnings of ENVs that end soon, above the other messages.
import type { Locator, Page } from '@playwright/test';

export class EndingWarnings {
  readonly page: Page;
  readonly list: Locator;

  constructor(page: Page) {
    this.page = page;
    this.list = page.getByRole('list', { name: 'ENVs that end soon' });
  }

  of(envName: string): Locator {
    return this.list.getByRole('listitem').filter({ hasText: `${envName} ends at` });
  }

  async extend(envName: string): Promise<void> {
    await this.list.getByRole('button', { name: `Extend ${envName} by 1 h` }).click();
  }

  async keep(envName: string): Promise<void> {
    await this.list.getByRole('button', { name: `Keep ${envName}: change its lifetime` }).click();
  }
}
