// The shelf: the timeline of the chosen ENV.
import type { Locator, Page } from '@playwright/test';

export class ShelfPane {
  readonly pane: Locator;
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
    this.pane = page.getByRole('complementary', { name: 'Shelf' });
  }

  snapshot(name: string): Locator {
    return this.pane.getByRole('row', { name, exact: true });
  }

  dragHandle(name: string): Locator {
    return this.snapshot(name).getByRole('button', { name: `Drag ${name}` });
  }

  /** Takes a snapshot through the dialog that is open. */
  async take(name: string): Promise<void> {
    await this.fill(name);
    await this.snapshot(name).waitFor({ timeout: 60_000 });
  }

  /** As `take`, without waiting for the snapshot: until it is being saved. */
  async fill(name: string): Promise<void> {
    const dialog = this.page.getByRole('dialog', { name: 'Snapshot' });
    await dialog.getByRole('textbox', { name: 'Name' }).fill(name);
    await dialog.getByRole('button', { name: 'Take snapshot' }).click();
    await dialog.waitFor({ state: 'hidden' });
  }

  /** One that is being saved. */
  saving(name: string): Locator {
    return this.pane
      .getByRole('list', { name: 'Snapshots being saved' })
      .getByRole('listitem')
      .filter({ hasText: name });
  }

  async chooseFromMenu(name: string, entry: string): Promise<void> {
    await this.snapshot(name)
      .getByRole('button', { name: `Actions of snapshot ${name}` })
      .click();
    await this.page.getByRole('menuitem', { name: entry }).click();
  }
}
