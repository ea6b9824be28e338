// The console of one machine: its screen, its tools, typing into the guest.
import { expect, type Locator, type Page } from '@playwright/test';

/** Characters that need Shift, and the key that has them (US layout). VNC sends keys, not characters. */
const shifted: Readonly<Record<string, string>> = {
  '!': 'Digit1',
  '@': 'Digit2',
  '#': 'Digit3',
  $: 'Digit4',
  '%': 'Digit5',
  '^': 'Digit6',
  '&': 'Digit7',
  '*': 'Digit8',
  '(': 'Digit9',
  ')': 'Digit0',
  _: 'Minus',
  '+': 'Equal',
  '{': 'BracketLeft',
  '}': 'BracketRight',
  '|': 'Backslash',
  ':': 'Semicolon',
  '"': 'Quote',
  '<': 'Comma',
  '>': 'Period',
  '?': 'Slash',
  '~': 'Backquote',
};

/** A slow guest reads its keyboard late, and what does not fit into its controller until then is lost. */
const KEY_DELAY_MS = 25;

export class ConsolePage {
  readonly page: Page;
  readonly vm: string;
  readonly screen: Locator;
  readonly toolbar: Locator;
  /** The screen with its border: what snapshots are dropped on. */
  readonly stage: Locator;

  constructor(page: Page, vm: string) {
    this.page = page;
    this.vm = vm;
    this.screen = page.getByRole('application', { name: `Screen of ${vm}` });
    this.stage = page.locator('.console-stage');
    this.toolbar = page.getByRole('toolbar', { name: 'Console tools' });
  }

  notice(title: string | RegExp): Locator {
    return this.page.getByRole('heading', { name: title });
  }

  tool(name: string | RegExp): Locator {
    return this.toolbar.getByRole('button', { name });
  }

  /** What the machine is dragged by. */
  handle(): Locator {
    return this.toolbar.getByRole('heading', { name: this.vm });
  }

  /** The screen is there: the tools that send keys can be used. */
  async connected(timeout = 20_000): Promise<void> {
    await expect(this.tool('Ctrl-Alt-Del')).toBeEnabled({ timeout });
  }

  /** Gives the keyboard to the guest, by keyboard. */
  async takeKeys(): Promise<void> {
    await this.screen.focus();
    await this.page.keyboard.press('Enter');
    await expect(this.page.getByText(`Keyboard captured by ${this.vm}`)).toBeVisible();
  }

  /** Types text and Enter, key by key, with Shift where a person would hold it. */
  async typeLine(text: string): Promise<void> {
    for (const character of text) {
      const key = shifted[character];
      if (key) await this.page.keyboard.press(`Shift+${key}`, { delay: KEY_DELAY_MS });
      else if (/[A-Z]/.test(character))
        await this.page.keyboard.press(`Shift+Key${character}`, { delay: KEY_DELAY_MS });
      else await this.page.keyboard.press(character === ' ' ? 'Space' : character, { delay: KEY_DELAY_MS });
    }
    await this.page.keyboard.press('Enter', { delay: KEY_DELAY_MS });
  }

  /** Sends characters as events that name no key, as password managers and on-screen keyboards do. */
  async typeWithoutKeys(text: string): Promise<void> {
    await this.screen.locator('canvas').evaluate((canvas, characters) => {
      for (const key of characters) {
        for (const type of ['keydown', 'keyup'])
          canvas.dispatchEvent(new KeyboardEvent(type, { key, bubbles: true, cancelable: true }));
      }
    }, text);
  }

  async back(): Promise<void> {
    await this.tool(/^Back to/).click();
  }
}
