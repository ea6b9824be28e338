// The page of one ENV: its head, its machines.
import { expect, type Locator, type Page } from '@playwright/test';

export class EnvPage {
  readonly page: Page;
  readonly envName: string;

  constructor(page: Page, envName: string) {
    this.page = page;
    this.envName = envName;
  }

  get header(): Locator {
    return this.page
      .locator('header')
      .filter({ has: this.page.getByRole('heading', { name: this.envName, level: 1 }) });
  }

  /** A machine's tile by its short name. */
  machine(vm: string): Locator {
    return this.page.getByRole('grid', { name: 'Machines' }).getByRole('row', { name: vm, exact: true });
  }

  /** Waits until every machine of the ENV says this state. */
  async expectStates(states: Readonly<Record<string, string>>): Promise<void> {
    for (const [vm, state] of Object.entries(states)) {
      await expect(this.machine(vm).getByText(state, { exact: true }).first()).toBeAttached({ timeout: 30_000 });
    }
  }

  action(name: 'Stop' | 'Start' | 'Snapshot'): Locator {
    return this.header.getByRole('button', { name, exact: true });
  }

  async chooseFromMenu(entry: string): Promise<void> {
    await this.header.getByRole('button', { name: `Actions of ${this.envName}` }).click();
    await this.page.getByRole('menuitem', { name: entry }).click();
  }

  dragHandle(): Locator {
    return this.header.getByRole('button', { name: `Drag ${this.envName}` });
  }
}
