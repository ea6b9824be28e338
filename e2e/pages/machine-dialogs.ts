// The sheet and the dialogs that change which machines an ENV has and how they are: add, change, remove.
import { expect, type Locator, type Page } from '@playwright/test';

export class MachineDialogs {
  readonly page: Page;
  readonly add: Locator;
  readonly change: Locator;
  readonly remove: Locator;

  constructor(page: Page, envName: string) {
    this.page = page;
    this.add = page.getByRole('dialog', { name: `Add machines to ${envName}` });
    this.change = page.getByRole('dialog', { name: `Change machines of ${envName}` });
    this.remove = page.getByRole('dialog', { name: `Remove machines from ${envName}` });
  }

  /** By keyboard alone: A, what to look for, Ctrl-Enter. */
  async addByKeyboard(search: string): Promise<void> {
    // The key does nothing while the ENV is still being made.
    await expect(this.page.getByRole('button', { name: 'Add machines' })).toBeEnabled();
    await this.page.keyboard.press('a');
    await this.add.getByRole('searchbox', { name: 'Search images' }).waitFor();
    await this.page.keyboard.type(search);
    await this.page.keyboard.press('Control+Enter');
    // Keys that come before are the dialog's, and the focus goes where it was.
    await this.add.waitFor({ state: 'hidden' });
  }

  /** Opens the change of one machine by its tile's key E. */
  async openChange(tile: Locator): Promise<void> {
    await tile.press('e');
    await this.change.waitFor();
  }

  field(label: string | RegExp): Locator {
    return this.change.getByRole('textbox', { name: label });
  }

  async tick(dialog: Locator, name: string): Promise<void> {
    await dialog.getByText(name, { exact: true }).first().click();
  }

  /** Ticks these machines, has the agent say which it would be, and deletes them. */
  async removeTicked(...names: string[]): Promise<void> {
    await this.page
      .getByRole('toolbar', { name: 'Machine tools' })
      .getByRole('button', { name: 'Remove machines' })
      .click();
    for (const name of names) await this.tick(this.remove, name);
    await this.remove.getByRole('button', { name: 'Show which' }).click();
    await this.remove.getByRole('button', { name: /^Delete \d+ machine/ }).click();
  }
}
