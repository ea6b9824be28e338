// The Images page: its table, menus, files on their way, and the dialogs that import, rename and delete.
import type { Locator, Page } from '@playwright/test';

export class ImagesPage {
  readonly page: Page;
  readonly importDialog: Locator;
  readonly table: Locator;
  /** Files on their way to the agent. */
  readonly imports: Locator;

  constructor(page: Page) {
    this.page = page;
    this.table = page.getByRole('grid', { name: 'Images' });
    this.imports = page.getByRole('list', { name: 'Files on their way' });
    this.importDialog = page.getByRole('dialog', { name: 'Import an image' });
  }

  row(image: string): Locator {
    return this.table.getByRole('row').filter({ has: this.page.getByText(image, { exact: true }) });
  }

  /** Of a file on its way, by the name its image will have. */
  underWay(image: string): Locator {
    return this.imports.getByRole('listitem').filter({ has: this.page.getByText(image, { exact: true }) });
  }

  async openImport(): Promise<void> {
    await this.page.getByRole('button', { name: 'Import…' }).click();
    await this.importDialog.waitFor();
  }

  field(label: string): Locator {
    return this.importDialog.getByRole('textbox', { name: label, exact: true });
  }

  async chooseFile(name: string, content: Buffer): Promise<void> {
    const file = { name, mimeType: 'application/octet-stream', buffer: content };
    await this.importDialog.locator('input[type=file]').setInputFiles(file);
  }

  async import(): Promise<void> {
    await this.importDialog.getByRole('button', { name: 'Import', exact: true }).click();
  }

  async chooseFromMenu(image: string, entry: 'Details…' | 'Rename' | 'Delete' | 'Keep warm' | 'Let go'): Promise<void> {
    await this.openMenu(image);
    await this.menuEntry(entry).click();
  }

  async openMenu(image: string): Promise<void> {
    await this.row(image)
      .getByRole('button', { name: `Actions of ${image}` })
      .click();
  }

  menuEntry(entry: string): Locator {
    return this.page.getByRole('menuitem', { name: entry });
  }
}
