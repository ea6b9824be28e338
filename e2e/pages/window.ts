// The frame of the window and what is on every page: the rail, messages, the link, dialogs.
import { expect, type Locator, type Page } from '@playwright/test';
import { BoardPage } from './board.ts';
import { ConsolePage } from './console.ts';
import { EnvPage } from './env.ts';
import { NewEnvSheet } from './new-env.ts';
import { ShelfPane } from './shelf.ts';

export class TtWindow {
  readonly page: Page;
  readonly board: BoardPage;
  readonly newEnv: NewEnvSheet;
  readonly shelf: ShelfPane;

  constructor(page: Page) {
    this.page = page;
    this.board = new BoardPage(page);
    this.newEnv = new NewEnvSheet(page);
    this.shelf = new ShelfPane(page);
  }

  env(name: string): EnvPage {
    return new EnvPage(this.page, name);
  }

  console(vm: string): ConsolePage {
    return new ConsolePage(this.page, vm);
  }

  get newEnvButton(): Locator {
    return this.page.getByRole('button', { name: 'New ENV' }).first();
  }

  /** The link to the agent works: things can be clicked. */
  async ready(): Promise<void> {
    await expect(this.newEnvButton).toBeEnabled();
  }

  async goTo(
    name: 'ENVs' | 'Consoles' | 'Images' | 'Labs' | 'Hosts' | 'Activity' | 'Admin' | 'Settings',
  ): Promise<void> {
    await this.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name }).click();
  }

  message(text: string | RegExp): Locator {
    return this.page.getByRole('region', { name: 'Messages' }).getByText(text);
  }

  async undo(): Promise<void> {
    await this.page.getByRole('region', { name: 'Messages' }).getByRole('button', { name: 'Undo' }).click();
  }

  dialog(title: string | RegExp): Locator {
    return this.page.getByRole('dialog', { name: title }).or(this.page.getByRole('alertdialog', { name: title }));
  }
}
