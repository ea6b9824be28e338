// The Run tab of an ENV: what to run, the machines of a run, what they printed.
import type { Locator, Page } from '@playwright/test';

export class RunTab {
  readonly page: Page;
  readonly panel: Locator;
  readonly command: Locator;
  readonly machines: Locator;
  /** How many machines are where. */
  readonly sum: Locator;

  constructor(page: Page) {
    this.page = page;
    this.panel = page.getByRole('tabpanel', { name: 'Run' });
    this.command = this.panel.getByRole('textbox', { name: 'Command or script' });
    this.machines = this.panel.getByRole('list', { name: 'Machines of the run' });
    this.sum = this.panel.locator('.run-sum').getByRole('status');
  }

  async open(): Promise<void> {
    await this.page.getByRole('tab', { name: 'Run' }).click();
  }

  /** By keyboard. */
  async run(command: string): Promise<void> {
    await this.command.fill(command);
    await this.page.keyboard.press('Control+Enter');
  }

  button(name: string | RegExp): Locator {
    return this.panel.getByRole('button', { name });
  }

  /** The line of a machine by its short name. */
  machine(vm: string): Locator {
    return this.machines.getByRole('button', { name: new RegExp(`^${vm} `) });
  }

  output(vm: string): Locator {
    return this.panel.getByRole('region', { name: `Output of ${vm} (stdout)` });
  }

  errors(vm: string): Locator {
    return this.panel.getByRole('region', { name: `Errors of ${vm} (stderr)` });
  }
}
