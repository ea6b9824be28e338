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

  /** The field for the name of the snapshot that was just taken. */
  get newName(): Locator {
    return this.pane.getByRole('textbox', { name: 'Name of the new snapshot' });
  }

  /** Names the snapshot that was just taken, and waits for it. */
  async take(name: string): Promise<void> {
    await this.fill(name);
    await this.snapshot(name).waitFor({ timeout: 60_000 });
    await this.newName.waitFor({ state: 'hidden', timeout: 60_000 });
  }

  /** As `take`, without waiting for the snapshot: it may still be being saved. */
  async fill(name: string): Promise<void> {
    await this.newName.fill(name);
    await this.newName.press('Enter');
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
