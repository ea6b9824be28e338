// Files of guests: dropping on the window as another program does, the dialogs of a push, the page that lists a folder.
import { expect, type Locator, type Page } from '@playwright/test';
import { centreOf } from './place.ts';

/** Bits of what the other program allows (Chromium’s DragOperationsMask). */
const COPY_OR_MOVE = 1 | 16;

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

  /** Drags files of this computer over the middle of the element as another program does, and lets go unless `hover`. */
  async drop(element: Locator, files: readonly string[], { hover = false } = {}): Promise<void> {
    const { x, y } = await centreOf(element);
    const session = await this.page.context().newCDPSession(this.page);
    const data = { items: [], files: [...files], dragOperationsMask: COPY_OR_MOVE };
    const events = ['dragEnter', 'dragOver', hover ? 'dragOver' : 'drop'] as const;
    for (const type of events) await session.send('Input.dispatchDragEvent', { type, x, y, data });
    await session.detach();
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
    await expect(this.list.getByRole('row').locator('bdi.mono')).toHaveText(names);
  }
}
