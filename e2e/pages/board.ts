// The board of ENVs.
import type { Locator, Page } from '@playwright/test';

export class BoardPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  card(envName: string): Locator {
    return this.page.getByRole('row', { name: envName, exact: true });
  }

  async open(envName: string): Promise<void> {
    await this.card(envName).getByText(envName, { exact: true }).click();
  }
}
