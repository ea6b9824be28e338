// The text of one machine, of its serial port or a shell in its guest: its tools, typing into the guest.
import { expect, type Locator, type Page } from '@playwright/test';

export class TextPage {
  readonly page: Page;
  readonly vm: string;
  /** The frame around the text: the stop of Tab. */
  readonly frame: Locator;
  /** The rows in sight. */
  readonly text: Locator;
  readonly toolbar: Locator;

  constructor(page: Page, vm: string, textOf: string) {
    this.page = page;
    this.vm = vm;
    this.frame = page.getByRole('application', { name: `${textOf} ${vm}` });
    this.text = this.frame.locator('.xterm-rows');
    this.toolbar = page.getByRole('toolbar', { name: 'Console tools' });
  }

  tab(name: string): Locator {
    return this.page.getByRole('tab', { name, exact: true });
  }

  tool(name: string | RegExp): Locator {
    return this.toolbar.getByRole('button', { name });
  }

  async connected(): Promise<void> {
    // Others may go on behind it.
    const stages = this.page.locator('.console-stage[data-shows="text"][data-phase="connected"]');
    await expect(stages.filter({ visible: true })).toBeVisible();
    await expect(this.text).toBeVisible();
  }

  /** Gives the keyboard to the guest, by keyboard. */
  async takeKeys(): Promise<void> {
    await this.frame.focus();
    await this.page.keyboard.press('Enter');
    await expect(this.page.getByText(`Keyboard captured by ${this.vm}`)).toBeVisible();
  }

  async typeLine(text: string): Promise<void> {
    await this.page.keyboard.type(text);
    await this.page.keyboard.press('Enter');
  }

  /** As somebody does who has copied it: what the clipboard holds comes with the event. */
  async paste(text: string): Promise<void> {
    await this.frame.locator('textarea').evaluate((input, pasted) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', pasted);
      input.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    }, text);
  }
}

export class SerialPage extends TextPage {
  constructor(page: Page, vm: string) {
    super(page, vm, 'Serial console of');
  }
}

export class ShellPage extends TextPage {
  constructor(page: Page, vm: string) {
    super(page, vm, 'Shell in');
  }
}
