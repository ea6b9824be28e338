// Files of guests: dropping on the window as another program does, the dialogs of a push, the page that lists a folder.
import { expect, type Locator, type Page } from '@playwright/test';

export interface DroppedFile {
  name: string;
  text: string;
}

export class GuestFiles {
  readonly page: Page;
  readonly push: Locator;
  readonly guests: Locator;
  readonly list: Locator;
  readonly path: Locator;

  constructor(page: Page) {
    this.page = page;
    this.push = page.getByRole('dialog', { name: /^Push files to/ });
    this.guests = this.push.getByRole('list', { name: 'Machines' });
    this.list = page.getByRole('grid', { name: /^Files in/ });
    this.path = page.getByRole('textbox', { name: 'Path in the guest' });
  }

  /** Drags files from outside over the element, and lets go unless `hover`. Answers whether the page has taken each event. */
  async drop(element: Locator, files: readonly DroppedFile[], { hover = false } = {}): Promise<boolean[]> {
    return element.evaluate(
      (target, [given, stays]) => {
        const dataTransfer = new DataTransfer();
        // As of files that another program lets be copied or moved.
        dataTransfer.effectAllowed = 'copyMove';
        for (const { name, text } of given) dataTransfer.items.add(new File([text], name));
        const { x, y, width, height } = target.getBoundingClientRect();
        const at = { clientX: x + width / 2, clientY: y + height / 2 };
        const types = stays ? ['dragenter', 'dragover'] : ['dragenter', 'dragover', 'drop'];
        return types.map((type) => {
          const event = new DragEvent(type, { bubbles: true, cancelable: true, composed: true, dataTransfer, ...at });
          return !target.dispatchEvent(event);
        });
      },
      [files, hover] as const,
    );
  }

  guest(vm: string): Locator {
    return this.guests.getByRole('listitem').filter({ hasText: vm });
  }

  button(name: string | RegExp): Locator {
    return this.push.getByRole('button', { name });
  }

  /** Of the list, by its name. */
  entry(name: string | RegExp): Locator {
    return this.list.getByRole('row', { name });
  }

  async expectEntries(...names: string[]): Promise<void> {
    await expect(this.list.getByRole('row').locator('bdi')).toHaveText(names);
  }
}
