// Tables of ENVs, machines and images as people know tables: clicks and keys select, ranges too; Tab comes to one row and leaves; arrows go into rows and
// into the head; letters find a name; the neighbour of what was deleted gets the focus.
import type { Locator, Page } from '@playwright/test';
import { createEnv } from '../fixtures/env.ts';
import { expect, test } from '../fixtures/tt.ts';
import { TtWindow } from '../pages/window.ts';

const rowsOf = (grid: Locator) => grid.locator('[role="row"][data-key]');

/** Numbers of the rows that are selected, from 1. */
function selectedIn(grid: Locator): Promise<number[]> {
  return rowsOf(grid).evaluateAll((rows) =>
    rows.flatMap((row, index) => (row.getAttribute('aria-selected') === 'true' ? [index + 1] : [])),
  );
}

function focusIsIn(grid: Locator): Promise<boolean> {
  return grid.evaluate((element) => element.contains(document.activeElement));
}

async function asTable(page: Page, name: string): Promise<Locator> {
  await page.getByRole('radio', { name: 'Table' }).click();
  const grid = page.getByRole('grid', { name });
  await expect(grid.getByRole('columnheader', { name: /^Name/ })).toBeVisible();
  return grid;
}

test('machines are selected in a table by clicks, boxes and keys', { tag: '@deep' }, async ({ tt }) => {
  const { page, agent } = tt;
  await createEnv(agent, 'demo', 5);
  const window = new TtWindow(page);
  await window.board.open('demo');
  const grid = await asTable(page, 'Machines');
  const row = (number: number) => grid.getByRole('row', { name: `tiny-2-${number}`, exact: true });
  const box = (number: number) => row(number).getByRole('checkbox', { name: `Select tiny-2-${number}` });
  const click = (number: number, modifiers: ('Shift' | 'Control')[] = []) =>
    row(number).getByRole('rowheader').click({ modifiers });
  const all = grid.getByRole('checkbox', { name: 'Select all' });
  try {
    await click(2);
    expect(await selectedIn(grid)).toEqual([2]);
    await click(4, ['Shift']);
    expect(await selectedIn(grid)).toEqual([2, 3, 4]);
    await click(1, ['Shift']);
    expect(await selectedIn(grid)).toEqual([1, 2]);
    await click(5, ['Control']);
    expect(await selectedIn(grid)).toEqual([1, 2, 5]);
    await expect(page.locator('[data-live-announcer]', { hasText: '3 selected' })).toBeAttached();
    await box(1).click({ force: true });
    expect(await selectedIn(grid)).toEqual([2, 5]);
    await expect(all).toHaveJSProperty('indeterminate', true);
    await all.click({ force: true });
    expect(await selectedIn(grid)).toEqual([1, 2, 3, 4, 5]);
    await expect(all).toBeChecked();
    await all.click({ force: true });
    expect(await selectedIn(grid)).toEqual([]);

    await row(2).focus();
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Shift+ArrowDown');
    expect(await selectedIn(grid)).toEqual([3, 4]);
    await page.keyboard.press('ArrowUp');
    expect(await selectedIn(grid)).toEqual([3]);
    await page.keyboard.press('Control+ArrowUp');
    await expect(row(2)).toBeFocused();
    expect(await selectedIn(grid)).toEqual([3]);
    await page.keyboard.press('Control+Space');
    expect(await selectedIn(grid)).toEqual([2, 3]);
    await page.keyboard.press('Control+a');
    expect(await selectedIn(grid)).toEqual([1, 2, 3, 4, 5]);
    await page.keyboard.press('Escape');
    expect(await selectedIn(grid)).toEqual([]);

    await page.keyboard.press('End');
    await expect(row(5)).toBeFocused();
    await page.keyboard.press('Delete');
    await window
      .dialog(/Delete/)
      .getByRole('button', { name: 'Delete' })
      .click();
    await expect(row(5)).toBeHidden();
    await expect(row(4)).toBeFocused();
  } finally {
    await page.getByRole('radio', { name: 'Tiles' }).click();
  }
});

test('Tab comes to one row and leaves; arrows go into rows and the head; letters find', { tag: '@deep' }, async ({
  tt,
}) => {
  const { page, agent } = tt;
  for (const name of ['alpha', 'beta', 'gamma']) await createEnv(agent, name);
  await expect(new TtWindow(page).board.card('gamma')).toBeVisible();
  const grid = await asTable(page, 'ENVs');
  const row = (name: string) => rowsOf(grid).filter({ has: page.getByText(name, { exact: true }) });
  const focused = (name: string) => expect(row(name)).toBeFocused();
  try {
    await row('beta').focus();
    await page.keyboard.press('Tab');
    expect(await focusIsIn(grid)).toBe(false);
    await page.keyboard.press('Shift+Tab');
    await focused('beta');
    await page.keyboard.press('Shift+Tab');
    expect(await focusIsIn(grid)).toBe(false);
    await page.keyboard.press('Tab');
    await focused('beta');
    await page.keyboard.press('g');
    await focused('gamma');

    await page.keyboard.press('ArrowRight');
    await expect(row('gamma').getByRole('checkbox')).toBeFocused();
    await page.keyboard.press('Space');
    await expect(row('gamma')).toHaveAttribute('aria-selected', 'true');
    await page.keyboard.press('ArrowRight');
    await expect(row('gamma').getByRole('rowheader')).toBeFocused();
    await page.keyboard.press('ArrowUp');
    await expect(row('beta').getByRole('rowheader')).toBeFocused();
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowUp');
    const head = grid.getByRole('columnheader', { name: /^Name/ });
    await expect(head).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(head).toHaveAttribute('aria-sort', 'descending');
    await page.keyboard.press('ArrowDown');
    await focused('gamma');

    // While something is selected a click selects; otherwise it opens.
    await row('alpha').getByText('alpha', { exact: true }).click();
    await expect(row('alpha')).toHaveAttribute('aria-selected', 'true');
    await page.keyboard.press('Escape');
    await expect(row('alpha')).toHaveAttribute('aria-selected', 'false');
    await row('alpha').getByText('alpha', { exact: true }).click();
    await expect(page.getByRole('heading', { name: 'alpha' })).toBeVisible();
    await page.goBack();
  } finally {
    await page.getByRole('radio', { name: 'Cards' }).click();
  }
});
