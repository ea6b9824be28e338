// What single actions cost the window's main thread at once, with a large installation: the palette, menus of all that is selected, tables.
import type { Locator, Page } from '@playwright/test';
import { type MainThread, mainThreadDuring } from './main-thread.ts';
import { cardsOf, goTo, settled } from './page-state.ts';

export interface ActionsOptions {
  largeEnv: string;
  /** How many rows a table of the board has, and one of the large ENV; their heads not counted. */
  envs: number;
  machines: number;
}

/** By what was done. */
export type ActionsMetrics = Readonly<Record<ActionName, MainThread>>;

export const actionNames = [
  'the palette opens',
  'first key in the palette, after a press of the pointer',
  'second key in the palette',
  'the board becomes a table',
  'the table of the board is sorted',
  'a press of the pointer after a key, machines',
  'context menu of all machines',
  'the machines become a table',
  'the table of machines is sorted',
  'all are selected in the table',
  'End in the table',
] as const;
export type ActionName = (typeof actionNames)[number];

/** Leaves the window on the page of the large ENV, with tiles, and the board with cards. */
export async function measureActions(page: Page, options: ActionsOptions): Promise<ActionsMetrics> {
  const measured: Partial<Record<ActionName, MainThread>> = {};
  const during = async (name: ActionName, work: () => Promise<unknown>) => {
    measured[name] = (await mainThreadDuring(page, async () => void (await work()))).thread;
  };
  const { keyboard, mouse } = page;
  const press = async (key: string) => {
    await keyboard.press(key);
    await settled(page);
  };
  const showAs = async (view: string, rows: number) => {
    await pressed(page, page.getByRole('radio', { name: view }).locator('visible=true'));
    if (view === 'Table') await rowsThere(page, rows);
    await settled(page);
  };

  await goTo(page, '#/envs');
  await mouse.click(4, 400);
  await settled(page);
  await during('the palette opens', async () => {
    await keyboard.press('Control+k');
    await page.getByRole('dialog').getByRole('menuitem').first().waitFor();
    await settled(page);
  });
  // What is prepared once it is open is not what a key takes.
  await settled(page);
  await during('first key in the palette, after a press of the pointer', () => press('e'));
  await during('second key in the palette', () => press('n'));
  await press('Escape');
  await during('the board becomes a table', () => showAs('Table', options.envs));
  await during('the table of the board is sorted', () => turned(page, options.envs));
  await showAs('Cards', options.envs);

  await goTo(page, `#/envs/${options.largeEnv}`);
  const tiles = cardsOf(page);
  await tiles.first().focus();
  await press('Control+a');
  await press('ArrowRight');
  await during('a press of the pointer after a key, machines', async () => {
    await mouse.click(4, 400);
    await settled(page);
  });
  await tiles.first().focus();
  await press('Control+a');
  await during('context menu of all machines', async () => {
    await tiles.nth(1).click({ button: 'right' });
    await page.getByRole('menuitem').first().waitFor();
    await settled(page);
  });
  await press('Escape');
  await press('Escape');
  await during('the machines become a table', () => showAs('Table', options.machines));
  await during('the table of machines is sorted', () => turned(page, options.machines));
  await page.getByRole('grid').getByRole('row').nth(1).focus();
  await during('all are selected in the table', () => press('Control+a'));
  await during('End in the table', () => press('End'));
  await press('Escape');
  await showAs('Tiles', options.machines);
  return measured as ActionsMetrics;
}

/** Until the table says that it has all of them, besides its head, and those in sight have their cells. */
async function rowsThere(page: Page, rows: number): Promise<void> {
  const table = page.locator(`[role="grid"][aria-rowcount="${rows + 1}"]`);
  await table.locator('[role="row"][data-key] [role="rowheader"]').first().waitFor();
  await table.locator('[role="row"][data-key]:empty').first().waitFor({ state: 'detached' });
}

/** As a finger does: the release is a task of its own, after what the press drew. */
async function pressed(page: Page, what: Locator): Promise<void> {
  await what.hover();
  await page.mouse.down();
  await settled(page);
  await page.mouse.up();
}

/** By name the other way round: other rows come into sight. */
async function turned(page: Page, rows: number): Promise<void> {
  await pressed(page, page.getByRole('columnheader', { name: 'Name' }));
  await page.locator('[role="columnheader"][aria-sort="descending"]').waitFor();
  await rowsThere(page, rows);
  await settled(page);
}
